package events

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// postTimeout bounds one request.
const postTimeout = 10 * time.Second

// PostTo sends each event that passes all filters to a URL, as the JSON body
// of a POST: in order, one at a time and once. The
// [Logger] hears of what fails.
func PostTo(url string, filter ...Filter) Option {
	return func(l *Log) {
		l.initial = append(l.initial, func() { l.Handle(l.poster(url), filter...) })
	}
}

func (l *Log) poster(url string) func(Event) {
	return func(e Event) {
		if err := post(l.ctx, url, e); err != nil {
			l.logger.Error("an event could not be posted", "url", url, "event", e.String(), "error", err)
		}
	}
}

func post(ctx context.Context, url string, e Event) error {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return expect2xx(http.DefaultClient.Do(req))
}

func expect2xx(res *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)) // so that the connection is used again
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the answer is %s", res.Status)
	}
	return nil
}
