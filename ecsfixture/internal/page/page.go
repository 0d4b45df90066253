// Package page cuts lists into pages.
package page

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// Order is how a list is sorted: by a key that no two items share.
type Order[T any] struct {
	Key  func(T) string
	Desc bool
}

func (o Order[T]) compare(a, b string) int {
	if o.Desc {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

const tokenPrefix = "after "

// Cut sorts list and returns what comes after the token, at most limit items,
// and the token for the rest. A token has the key of a page's last item, so a
// list may change between two pages. It reports false for a token that is none
// of its own.
func (o Order[T]) Cut(list []T, token *string, limit int) (page []T, next *string, ok bool) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b T) int { return o.compare(o.Key(a), o.Key(b)) })
	if token != nil {
		last, ok := KeyOf(*token)
		if !ok {
			return nil, nil, false
		}
		list = slices.DeleteFunc(list, func(x T) bool { return o.compare(o.Key(x), last) <= 0 })
	}
	if len(list) <= limit {
		return list, nil, true
	}
	rest := TokenAfter(o.Key(list[limit-1]))
	return list[:limit], &rest, true
}

// TokenAfter is the token of what follows the item of a key.
func TokenAfter(key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tokenPrefix + key))
}

// KeyOf is the key that a token was made of. It reports false for a token that
// is none of TokenAfter.
func KeyOf(token string) (string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	key, ok := strings.CutPrefix(string(raw), tokenPrefix)
	return key, ok && err == nil
}
