//go:build !sonic

package main

import "encoding/json"

var unmarshal = json.Unmarshal
