package page_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
)

func TestPagesOfAListThatShrinks(t *testing.T) {
	for _, desc := range []bool{false, true} {
		order := page.Order[string]{Key: func(s string) string { return s }, Desc: desc}
		left, seen := []string{"c", "a", "e", "b", "d"}, []string{}
		var token *string
		for first := true; first || token != nil; first = false {
			rows, next, ok := order.Cut(left, token, 2)
			require.True(t, ok)
			left = slices.DeleteFunc(left, func(s string) bool { return slices.Contains(rows, s) })
			seen, token = append(seen, rows...), next
		}
		want := []string{"a", "b", "c", "d", "e"}
		if desc {
			slices.Reverse(want)
		}
		assert.Equal(t, want, seen)
	}
}

func TestTokensThatAreNone(t *testing.T) {
	for _, token := range []string{"", "?", "ZnJvbTotMQ", "ZnJvbTotMQ=="} {
		_, _, ok := page.Order[string]{Key: func(s string) string { return s }}.Cut([]string{"a"}, &token, 1)
		assert.False(t, ok, token)
	}
}
