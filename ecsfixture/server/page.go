package server

import (
	"slices"
	"strings"

	paging "github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
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

// page cuts the page that token asks for out of rows, which are in the given
// order, and returns the token of the next, nil after the last. A token names
// the row it follows, so rows that come and go meanwhile neither repeat nor
// hide others, even where that row itself has gone: clients page through what
// they take away.
func page(rows []string, order ordering, token *string, size int) ([]string, *string, error) {
	begin := 0
	if deref(token) != "" {
		last, ok := paging.KeyOf(*token)
		if !ok {
			return nil, nil, invalidParameter(msgInvalidToken)
		}
		begin = after(rows, order, last)
	}
	if end := begin + size; end < len(rows) {
		next := paging.TokenAfter(rows[end-1])
		return slices.Clone(rows[begin:end]), &next, nil
	}
	return append([]string{}, rows[begin:]...), nil, nil
}

// ordering compares two rows, of which one may be gone.
type ordering func(a, b string) int

// byText is the order of names.
func byText(a, b string) int { return strings.Compare(a, b) }

// byPlace is the order of a list that has all rows; what it lacks was there
// before.
func byPlace(all []string) ordering {
	places := map[string]int{}
	for i, row := range all {
		places[row] = i + 1
	}
	return func(a, b string) int { return places[a] - places[b] }
}

// after is where the rows begin that follow one.
func after(rows []string, order ordering, last string) int {
	i := slices.IndexFunc(rows, func(row string) bool { return order(row, last) > 0 })
	if i < 0 {
		return len(rows)
	}
	return i
}
