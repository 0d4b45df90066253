package server

import (
	"encoding/base64"
	"fmt"
	"slices"
)

// pageSize returns how many rows a list call wants: limit unless it says
// otherwise, within 1 to most.
func pageSize(asked *int32, limit, most int) (int, error) {
	if asked == nil {
		return limit, nil
	}
	if *asked < 1 || int(*asked) > most {
		return 0, invalidParameter(msgMaxResults, most)
	}
	return int(*asked), nil
}

// page cuts the page that token asks for out of rows and returns the token
// of the next, nil after the last. A token names the row it follows, so rows
// that come and go meanwhile neither repeat nor hide others; where that row
// itself has gone, its place counts.
func page(rows []string, token *string, size int) ([]string, *string, error) {
	begin := 0
	if token != nil && *token != "" {
		var err error
		if begin, err = afterToken(rows, *token); err != nil {
			return nil, nil, err
		}
	}
	if end := begin + size; end < len(rows) {
		next := newToken(end, rows[end-1])
		return slices.Clone(rows[begin:end]), &next, nil
	}
	return append([]string{}, rows[begin:]...), nil, nil
}

// newToken names a row and the place after it.
func newToken(place int, row string) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "after %d %s", place, row))
}

func afterToken(rows []string, token string) (int, error) {
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return 0, invalidParameter(msgInvalidToken)
	}
	var place int
	var row string
	if _, err := fmt.Sscanf(string(raw), "after %d %s", &place, &row); err != nil || place < 0 {
		return 0, invalidParameter(msgInvalidToken)
	}
	if i := slices.Index(rows, row); i >= 0 {
		return i + 1, nil
	}
	return min(place, len(rows)), nil
}
