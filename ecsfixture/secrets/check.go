package secrets

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The SDK's Go client checks members before it sends them; other clients
// don't, so each operation does. Values don't get into these errors.

// first returns the first error that there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func size(member string, n, least, most int) error {
	switch {
	case n < least:
		return validation(msgConstraintShort, member, least)
	case n > most:
		return validation(msgConstraintLong, member, most)
	}
	return nil
}

// required checks the characters of a member that must be there.
func required(member string, p *string, least, most int) error {
	if p == nil {
		return validation(msgConstraintNull, member)
	}
	return size(member, utf8.RuneCountInString(*p), least, most)
}

func optional(member string, p *string, least, most int) error {
	if p == nil {
		return nil
	}
	return size(member, utf8.RuneCountInString(*p), least, most)
}

func between[N int32 | int64](member string, p *N, least, most N) error {
	switch {
	case p == nil:
		return nil
	case *p < least:
		return validation(msgConstraintLow, member, least)
	case *p > most:
		return validation(msgConstraintHigh, member, most)
	}
	return nil
}

// oneOf checks an enumeration's value; an empty one was not given.
func oneOf[E ~string](member string, e E, all []E) error {
	if e == "" || slices.Contains(all, e) {
		return nil
	}
	return validation(msgConstraintEnum, string(e), member, strings.Trim(fmt.Sprint(all), "[]"))
}

// unsupported refuses a member that this fake would have to ignore.
func unsupported(member string, isGiven bool) error {
	if !isGiven {
		return nil
	}
	return validation(msgUnsupportedField, member)
}
