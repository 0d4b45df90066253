package events

import (
	"errors"
	"fmt"
	"strings"
)

// compileValue compiles one entry of a pattern's list: a value, or an object
// with an operator.
func compileValue(p any) (matcher, error) {
	object, ok := p.(map[string]any)
	if !ok {
		return func(v any) bool { return v == p }, nil
	}
	if len(object) != 1 {
		return nil, errors.New("an object in a list has one operator")
	}
	for operator, operand := range object {
		return compileOperator(operator, operand)
	}
	panic("unreachable")
}

func compileOperator(operator string, operand any) (matcher, error) {
	switch operator {
	case "prefix":
		return onText(operand, strings.HasPrefix)
	case "suffix":
		return onText(operand, strings.HasSuffix)
	case "equals-ignore-case":
		return onText(operand, strings.EqualFold)
	case "exists":
		return exists(operand)
	case "anything-but":
		return anythingBut(operand)
	case "numeric":
		return numeric(operand)
	}
	return nil, fmt.Errorf("the operator %s is not known here", operator)
}

func onText(operand any, is func(s, t string) bool) (matcher, error) {
	t, ok := operand.(string)
	if !ok {
		return nil, fmt.Errorf("%v is not a string", operand)
	}
	return func(v any) bool {
		s, ok := v.(string)
		return ok && is(s, t)
	}, nil
}

func exists(operand any) (matcher, error) {
	want, ok := operand.(bool)
	if !ok {
		return nil, errors.New("exists takes true or false")
	}
	return func(v any) bool { return (v != absent{}) == want }, nil
}

// anythingBut matches a value that is there and that its operand, a value, a
// list of them or an operator, doesn't match.
func anythingBut(operand any) (matcher, error) {
	list, ok := operand.([]any)
	if !ok {
		list = []any{operand}
	}
	not, err := anyOf(list, compileValue)
	if err != nil {
		return nil, err
	}
	return func(v any) bool { return v != absent{} && !not(v) }, nil
}

// numeric takes pairs of a comparison and a number, all of which must hold.
func numeric(operand any) (matcher, error) {
	list, _ := operand.([]any)
	if len(list) == 0 || len(list)%2 != 0 {
		return nil, errors.New(`numeric takes a list such as [">", 0, "<=", 5]`)
	}
	var all []func(float64) bool
	for i := 0; i < len(list); i += 2 {
		c, err := comparison(list[i], list[i+1])
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return func(v any) bool {
		x, ok := v.(float64)
		for _, holds := range all {
			ok = ok && holds(x)
		}
		return ok
	}, nil
}

func comparison(operator, number any) (func(float64) bool, error) {
	n, ok := number.(float64)
	if !ok {
		return nil, fmt.Errorf("%v is not a number", number)
	}
	switch operator {
	case "=":
		return func(x float64) bool { return x == n }, nil
	case "<":
		return func(x float64) bool { return x < n }, nil
	case "<=":
		return func(x float64) bool { return x <= n }, nil
	case ">":
		return func(x float64) bool { return x > n }, nil
	case ">=":
		return func(x float64) bool { return x >= n }, nil
	}
	return nil, fmt.Errorf("the comparison %v is not known", operator)
}
