package logs

import (
	"cmp"
	"encoding/base64"
	"slices"
)

// order is how a list is sorted: by a key that no two items share.
type order[T any] struct {
	key  func(T) string
	desc bool
}

func (o order[T]) compare(a, b string) int {
	if o.desc {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// page sorts list and returns what comes after the token, at most limit
// items, and the token for the rest. The token is the key of a page's last
// item, so a list may change between two pages.
func (o order[T]) page(list []T, token *string, limit int) ([]T, *string, error) {
	slices.SortFunc(list, func(a, b T) int { return o.compare(o.key(a), o.key(b)) })
	if token != nil {
		after, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil {
			return nil, nil, invalid(msgBadToken)
		}
		list = slices.DeleteFunc(list, func(x T) bool { return o.compare(o.key(x), string(after)) <= 0 })
	}
	if len(list) <= limit {
		return list, nil, nil
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(o.key(list[limit-1])))
	return list[:limit], &next, nil
}
