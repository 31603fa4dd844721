//go:build sonic

package main

import "github.com/bytedance/sonic"

var unmarshal = sonic.ConfigStd.Unmarshal
