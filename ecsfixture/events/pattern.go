package events

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Pattern chooses the events that match an EventBridge [event pattern], so
// that the pattern of a rule can be tested as it is. It knows exact values,
// null, prefix, suffix, equals-ignore-case, anything-but, exists, numeric and
// $or; it panics on anything else, as [regexp.MustCompile] does.
//
// [event pattern]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
func Pattern(pattern string) Filter {
	match, err := compile([]byte(pattern))
	if err != nil {
		panic(fmt.Sprintf("events: pattern %s: %v", pattern, err))
	}
	return Filter{
		what:  "that matches the pattern " + strings.TrimSpace(pattern),
		match: func(e Event) bool { return match(asJSON(e)) },
	}
}

// asJSON is an event as the decoder of JSON gives it.
func asJSON(e Event) (v any) {
	b, _ := json.Marshal(e)
	_ = json.Unmarshal(b, &v) // it was just written
	return v
}

// matcher says whether a value matches; an absent value is absent{}.
type matcher func(value any) bool

type absent struct{}

func compile(pattern []byte) (matcher, error) {
	var object map[string]any
	if err := json.Unmarshal(pattern, &object); err != nil {
		return nil, err
	}
	return compileObject(object)
}

// compileObject matches when all members do.
func compileObject(object map[string]any) (matcher, error) {
	var all []matcher
	for name, p := range object {
		m, err := compileMember(name, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, m)
	}
	return func(v any) bool {
		for _, m := range all {
			if !m(v) {
				return false
			}
		}
		return true
	}, nil
}

func compileMember(name string, p any) (matcher, error) {
	switch p := p.(type) {
	case map[string]any:
		m, err := compileObject(p)
		return member(name, m), err
	case []any:
		if name == "$or" {
			return anyOf(p, compileBranch)
		}
		m, err := anyOf(p, compileValue)
		return member(name, leaf(m)), err
	}
	return nil, fmt.Errorf("a value must be in a list")
}

func compileBranch(p any) (matcher, error) {
	object, ok := p.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("$or takes objects")
	}
	return compileObject(object)
}

// anyOf matches when one of a list does.
func anyOf(list []any, compile func(any) (matcher, error)) (matcher, error) {
	var some []matcher
	for _, p := range list {
		m, err := compile(p)
		if err != nil {
			return nil, err
		}
		some = append(some, m)
	}
	return func(v any) bool {
		for _, m := range some {
			if m(v) {
				return true
			}
		}
		return false
	}, nil
}

// member applies m to a member of an object, or of one of a list of objects.
func member(name string, m matcher) matcher {
	return func(v any) bool {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, item := range list {
			if m(memberOf(item, name)) {
				return true
			}
		}
		return len(list) == 0 && m(absent{})
	}
}

func memberOf(v any, name string) any {
	if object, ok := v.(map[string]any); ok {
		if value, ok := object[name]; ok {
			return value
		}
	}
	return absent{}
}

// leaf applies m to a value, or to each of a list.
func leaf(m matcher) matcher {
	return func(v any) bool {
		list, ok := v.([]any)
		if !ok {
			return m(v)
		}
		for _, item := range list {
			if m(item) {
				return true
			}
		}
		return false
	}
}
