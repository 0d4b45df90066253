package secrets

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A token is "from:" and an index, in base64 so that nobody reads it.
const tokenPrefix = "from:"

// paginate cuts a page out of list. It reports false for a token that is none
// of its own.
func paginate[T any](list []T, token *string, limit *int32, most int) (page []T, next *string, ok bool) {
	start, ok := startOf(token)
	if !ok {
		return nil, nil, false
	}
	start = min(start, len(list)) // the list may have shrunk since
	end := min(start+sizeOf(limit, most), len(list))
	if end < len(list) {
		next = aws.String(tokenOf(end))
	}
	return list[start:end], next, true
}

func sizeOf(limit *int32, most int) int {
	if limit == nil {
		return most
	}
	return int(*limit)
}

func tokenOf(index int) string {
	return base64.StdEncoding.EncodeToString([]byte(tokenPrefix + strconv.Itoa(index)))
}

func startOf(token *string) (int, bool) {
	if token == nil {
		return 0, true
	}
	raw, err := base64.StdEncoding.DecodeString(*token)
	digits, ok := strings.CutPrefix(string(raw), tokenPrefix)
	if err != nil || !ok {
		return 0, false
	}
	start, err := strconv.Atoi(digits)
	return start, err == nil && start >= 0
}
