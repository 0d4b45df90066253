package secrets

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

func checkFilters(filters []types.Filter) error {
	if err := size("filters", len(filters), 0, 10); err != nil {
		return err
	}
	for _, f := range filters {
		if err := checkFilter(f); err != nil {
			return err
		}
	}
	return nil
}

func checkFilter(f types.Filter) error {
	if f.Key == "" {
		return validation(msgConstraintNull, "filters.key")
	}
	return first(
		oneOf("filters.key", f.Key, f.Key.Values()),
		size("filters.values", len(f.Values), 1, 10),
	)
}

// passes reports whether all filters let the secret through.
func (s *secret) passes(filters []types.Filter) bool {
	return !slices.ContainsFunc(filters, func(f types.Filter) bool { return !s.passesOne(f) })
}

// passesOne wants one of the filter's values to match and none of those that
// a ! negates.
func (s *secret) passesOne(f types.Filter) bool {
	wanted, matched := false, false
	for _, pattern := range f.Values {
		pattern, negated := strings.CutPrefix(pattern, "!")
		hit := s.matches(f.Key, pattern)
		if negated && hit {
			return false
		}
		wanted = wanted || !negated
		matched = matched || !negated && hit
	}
	return matched || !wanted
}

func (s *secret) matches(key types.FilterNameStringType, pattern string) bool {
	switch key {
	case types.FilterNameStringTypeName:
		return strings.HasPrefix(s.name, pattern)
	case types.FilterNameStringTypeDescription:
		return startsFold(aws.ToString(s.description), pattern)
	case types.FilterNameStringTypeTagKey:
		return anyPrefix(slices.Collect(maps.Keys(s.tags)), pattern)
	case types.FilterNameStringTypeTagValue:
		return anyPrefix(slices.Collect(maps.Values(s.tags)), pattern)
	case types.FilterNameStringTypeAll:
		return s.mentions(pattern)
	}
	return false // no secret here is a replica, or another service's
}

// mentions reports whether each word of the pattern begins a word of some
// attribute.
func (s *secret) mentions(pattern string) bool {
	attributes := slices.Concat(
		[]string{s.name, aws.ToString(s.description)},
		slices.Collect(maps.Keys(s.tags)), slices.Collect(maps.Values(s.tags)),
	)
	for word := range strings.FieldsSeq(pattern) {
		if !slices.ContainsFunc(attributes, func(a string) bool { return startsFold(a, word) }) {
			return false
		}
	}
	return true
}

// startsFold reports whether the text, or a word in it, begins with pattern
// in any case.
func startsFold(text, pattern string) bool {
	text, pattern = strings.ToLower(text), strings.ToLower(pattern)
	return strings.HasPrefix(text, pattern) || anyPrefix(strings.Fields(text), pattern)
}

func anyPrefix(list []string, prefix string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.HasPrefix(s, prefix) })
}
