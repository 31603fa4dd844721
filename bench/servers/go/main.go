// (e) Go with net/http, klauspost/compress and encoding/json; with `-tags sonic` the fast JSON library instead.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"
)

type details struct {
	CreationTimestamp        *time.Time `json:"creationTimestamp"`
	DataTypeName             *string    `json:"dataTypeName"`
	ValueType                *string    `json:"valueType"`
	ThirdPartyDataSourceID   *int64     `json:"thirdPartyDataSourceId"`
	ThirdPartyDataSourceName *string    `json:"thirdPartyDataSourceName"`
	MeasurementReference     *int64     `json:"measurementReference"`
	GenerationType           *string    `json:"generationType"`
	Trustworthiness          *string    `json:"trustworthiness"`
	MedicalGrade             *bool      `json:"medicalGrade"`
	ChronologicalExactness   *int64     `json:"chronologicalExactness"`
}

type epochRecord struct {
	StartTimestamp    time.Time  `json:"startTimestamp"`
	EndTimestamp      *time.Time `json:"endTimestamp"`
	TimezoneOffset    *int       `json:"timezoneOffset"`
	DataTypeID        int64      `json:"dataTypeId"`
	Value             string     `json:"value"`
	AdditionalDetails *details   `json:"additionalDetails"`
}

type delivery struct {
	EndUserID     string `json:"endUserId"`
	EndUserAlias  string `json:"endUserAlias"`
	TimestampType string `json:"timestampType"`
	Type          string `json:"type"`
	Data          struct {
		DataSourceID   int64         `json:"dataSourceId"`
		DataSourceName string        `json:"dataSourceName"`
		EpochData      []epochRecord `json:"epochData"`
	} `json:"data"`
}

type recordKey struct {
	endUserID                    string
	dataSourceID, thirdPartyID   int64
	generationType               string
	dataTypeID, startTimestampMs int64
}

const (
	maxBytes  = 8 << 20
	tolerance = 300 * time.Second
)

var (
	secret     = []byte("bench-secret")
	lock       sync.Mutex
	records    = map[recordKey]epochRecord{}
	decoder, _ = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(64<<20))
)

func isAuthentic(header http.Header, body []byte) bool {
	timestamp := header.Get("X-Hmac-Timestamp")
	sentAt, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return false
	}
	if sentAt < 1e11 {
		sentAt *= 1000
	}
	if time.Since(time.UnixMilli(sentAt)).Abs() > tolerance {
		return false
	}
	given, err := hex.DecodeString(header.Get("X-Hmac-Signature"))
	if err != nil {
		return false
	}
	expected := hmac.New(sha256.New, secret)
	expected.Write(body)
	expected.Write([]byte(timestamp))
	return hmac.Equal(given, expected.Sum(nil))
}

func keyOf(endUserID string, dataSourceID int64, record *epochRecord) recordKey {
	key := recordKey{
		endUserID:        endUserID,
		dataSourceID:     dataSourceID,
		dataTypeID:       record.DataTypeID,
		startTimestampMs: record.StartTimestamp.UnixMilli(),
	}
	if found := record.AdditionalDetails; found != nil {
		if found.ThirdPartyDataSourceID != nil {
			key.thirdPartyID = *found.ThirdPartyDataSourceID
		}
		if found.GenerationType != nil {
			key.generationType = *found.GenerationType
		}
	}
	return key
}

func readBody(response http.ResponseWriter, request *http.Request) ([]byte, error) {
	if request.ContentLength <= 0 || request.ContentLength > maxBytes {
		return io.ReadAll(http.MaxBytesReader(response, request.Body, maxBytes))
	}
	body := make([]byte, request.ContentLength)
	_, err := io.ReadFull(request.Body, body)
	return body, err
}

func receive(response http.ResponseWriter, request *http.Request) {
	body, err := readBody(response, request)
	if err != nil {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	if !isAuthentic(request.Header, body) {
		response.WriteHeader(http.StatusUnauthorized)
		return
	}
	plain, err := decoder.DecodeAll(body, nil)
	if err != nil {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	var payload delivery
	if err := unmarshal(plain, &payload); err != nil || payload.EndUserID == "" {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	lock.Lock()
	for index := range payload.Data.EpochData {
		record := &payload.Data.EpochData[index]
		records[keyOf(payload.EndUserID, payload.Data.DataSourceID, record)] = *record
	}
	lock.Unlock()
	response.WriteHeader(http.StatusNoContent)
}

func usage(response http.ResponseWriter, _ *http.Request) {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	seconds := float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
	_ = json.NewEncoder(response).Encode(map[string]any{"cpuSeconds": seconds, "peakBytes": used.Maxrss * 1024})
}

func count(response http.ResponseWriter, _ *http.Request) {
	lock.Lock()
	defer lock.Unlock()
	fmt.Fprint(response, len(records))
}

func reset(response http.ResponseWriter, _ *http.Request) {
	lock.Lock()
	records = map[recordKey]epochRecord{}
	lock.Unlock()
	runtime.GC()
	fmt.Fprint(response, true)
}

func main() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	control := http.NewServeMux()
	control.HandleFunc("/usage", usage)
	control.HandleFunc("/count", count)
	control.HandleFunc("/reset", reset)
	app := http.NewServeMux()
	app.HandleFunc("POST /webhooks/thryve", receive)
	app.HandleFunc("GET /health", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprint(response, "ok") })

	ports := []int{}
	for _, handler := range []http.Handler{app, control} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
		go func() { panic(http.Serve(listener, handler)) }()
	}
	fmt.Printf("{\"port\":%d,\"controlPort\":%d}\n", ports[0], ports[1])
	select {}
}
