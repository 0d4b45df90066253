package placement

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind says how the values of a subject are ordered.
type kind int

const (
	text  kind = iota
	value      // text, but numbers where both are
	number
	version
	date
)

// test tells whether a subject with these values passes. A subject without
// any equals nothing and is in no list. One with several, such as the groups
// of an instance's tasks, passes if one value does.
type test func(values []string) bool

// newTest returns the test of an operator with its arguments.
func newTest(k kind, op string, args []string) (test, error) {
	switch op {
	case "exists":
		return func(values []string) bool { return len(values) > 0 }, nil
	case "in", "==":
		return equal(k, args)
	case "=~":
		return match(args[0])
	case "!exists", "!in", "!=", "!~":
		t, err := newTest(k, positive[op], args)
		return func(values []string) bool { return !t(values) }, err
	}
	return order(k, op, args[0])
}

// positive has what each operator negates.
var positive = map[string]string{"!exists": "exists", "!in": "in", "!=": "==", "!~": "=~"}

// equal passes a value that is one of the arguments.
func equal(k kind, args []string) (test, error) {
	if k == value {
		k = text
	}
	for _, arg := range args {
		if _, err := compare(k, arg, arg); err != nil {
			return nil, err
		}
	}
	same := func(v string) bool {
		return slices.ContainsFunc(args, func(arg string) bool { n, err := compare(k, v, arg); return err == nil && n == 0 })
	}
	return func(values []string) bool { return slices.ContainsFunc(values, same) }, nil
}

// match passes a value that a pattern matches as a whole.
func match(pattern string) (test, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("invalid pattern %q", pattern)
	}
	re.Longest() // so that a match of the whole is the one that is found
	whole := func(v string) bool { at := re.FindStringIndex(v); return at != nil && at[0] == 0 && at[1] == len(v) }
	return func(values []string) bool { return slices.ContainsFunc(values, whole) }, nil
}

// order passes a value that is on the right side of the argument.
func order(k kind, op, arg string) (test, error) {
	if _, err := compare(k, arg, arg); err != nil {
		return nil, err
	}
	passes := func(v string) bool {
		n, err := compare(k, v, arg)
		return err == nil && (n > 0 && op[0] == '>' || n < 0 && op[0] == '<' || n == 0 && len(op) == 2)
	}
	return func(values []string) bool { return slices.ContainsFunc(values, passes) }, nil
}

// compare orders two values of a kind; the error says that one is none.
func compare(k kind, a, b string) (int, error) {
	switch k {
	case number:
		return compareAs(a, b, "number", strconv.Atoi)
	case date:
		x, err := parseDate(a)
		if err != nil {
			return 0, err
		}
		y, err := parseDate(b)
		return x.Compare(y), err
	case version:
		return compareVersions(a, b)
	case value:
		parse := func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }
		if n, err := compareAs(a, b, "number", parse); err == nil {
			return n, nil
		}
	}
	return cmp.Compare(a, b), nil
}

func compareAs[T cmp.Ordered](a, b, what string, parse func(string) (T, error)) (int, error) {
	x, err := parse(a)
	y, err2 := parse(b)
	if err != nil || err2 != nil {
		return 0, fmt.Errorf("expected a %s", what)
	}
	return cmp.Compare(x, y), nil
}

// dateForms are those that registeredAt can be compared with.
var dateForms = []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly}

func parseDate(s string) (time.Time, error) {
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("expected a date")
}

// compareVersions orders versions such as 1.96.0 by their numbers.
func compareVersions(a, b string) (int, error) {
	x, err := parseVersion(a)
	if err != nil {
		return 0, err
	}
	y, err := parseVersion(b)
	return slices.Compare(x, y), err
}

func parseVersion(s string) (list []int, err error) {
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("expected a version")
		}
		list = append(list, n)
	}
	return list, nil
}
