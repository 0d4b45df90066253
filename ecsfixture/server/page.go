package server

import (
	"encoding/base64"
	"slices"
	"strings"
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
// that come and go meanwhile neither repeat nor hide others.
func page(rows []string, token *string, size int) ([]string, *string, error) {
	if token != nil && *token != "" {
		i, err := afterToken(rows, *token)
		if err != nil {
			return nil, nil, err
		}
		rows = rows[i:]
	}
	if len(rows) <= size {
		return append([]string{}, rows...), nil, nil
	}
	next := base64.StdEncoding.EncodeToString([]byte(tokenPrefix + rows[size-1]))
	return slices.Clone(rows[:size]), &next, nil
}

// tokenPrefix tells a token of ours from any other base64.
const tokenPrefix = "after "

func afterToken(rows []string, token string) (int, error) {
	raw, err := base64.StdEncoding.DecodeString(token)
	last, ok := strings.CutPrefix(string(raw), tokenPrefix)
	if err != nil || !ok {
		return 0, invalidParameter(msgInvalidToken)
	}
	return slices.Index(rows, last) + 1, nil
}
