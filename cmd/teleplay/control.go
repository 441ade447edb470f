package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// controlAPI calls the fake Telegram's control API.
type controlAPI struct{ base string } // ends with /v1

// callTime bounds one call of a control or node API.
const callTime = 30 * time.Second

func (c controlAPI) do(ctx context.Context, method, path string, in, out any) error {
	return callJSON(ctx, method, c.base+path, "", in, out)
}

// put uploads raw bytes as a blob.
func (c controlAPI) put(ctx context.Context, name string, body []byte) error {
	return call(ctx, http.MethodPut, c.base+"/blobs/"+name, "", "application/octet-stream", bytes.NewReader(body), nil)
}

// callJSON sends in and reads out, both JSON; nil leaves either away. token is a
// Bearer token or "".
func callJSON(ctx context.Context, method, url, token string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	return call(ctx, method, url, token, "application/json", body, out)
}

// statusError is an answer that is no success.
type statusError struct {
	status int
	retry  time.Duration // when to try again; 1 s if the answer does not say
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %s", e.status, e.body) }

func call(ctx context.Context, method, url, token, kind string, body io.Reader, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return fmt.Errorf("%s %s: %w", method, req.URL.Path, &statusError{
			resp.StatusCode, time.Duration(max(seconds, 1)) * time.Second, string(bytes.TrimSpace(b)),
		})
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}
