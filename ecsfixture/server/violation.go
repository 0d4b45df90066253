package server

import "fmt"

// violation is a rule of ECS, and whether an input breaks it.
type violation struct {
	found bool
	text  string
}

// when is a line in a table of rules.
func when(found bool, format string, args ...any) violation {
	if !found {
		return violation{}
	}
	return violation{true, fmt.Sprintf(format, args...)}
}

// firstOf returns the error for the first rule that is broken.
func firstOf(rules ...violation) error {
	for _, r := range rules {
		if r.found {
			return clientException("%s", r.text)
		}
	}
	return nil
}

// checkCount refuses a list of no elements, or of more than most.
func checkCount(n, most int, what, tooMany string) error {
	switch {
	case n == 0:
		return invalidParameter(msgEmpty, what)
	case n > most:
		return invalidParameter(tooMany, most)
	}
	return nil
}

// outside reports whether p is set and not within low to high.
func outside(p *int32, low, high int32) bool { return p != nil && (*p < low || *p > high) }

// duplicate returns the first of the keys that appears twice; empty ones
// don't count.
func duplicate(keys []string) (string, bool) {
	seen := map[string]bool{}
	for _, k := range keys {
		if k != "" && seen[k] {
			return k, true
		}
		seen[k] = true
	}
	return "", false
}

// keysOf collects a key of each element of a list.
func keysOf[T any](list []T, key func(*T) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = key(&list[i])
	}
	return out
}

// each applies a check to every element, up to the first error.
func each[T any](list []T, check func(*T) error) error {
	for i := range list {
		if err := check(&list[i]); err != nil {
			return err
		}
	}
	return nil
}
