package logs

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// condition reports whether a parsed JSON message fulfils it.
type condition func(message any) bool

// parseJSONPattern reads { $.level = "error" && ($.code >= 500 || $.code NOT EXISTS) }.
func parseJSONPattern(pattern string) (matcher, error) {
	inner, ok := strings.CutSuffix(strings.TrimPrefix(pattern, "{"), "}")
	tokens, whole := lexemes(inner)
	p := parser{tokens: tokens, ok: ok && whole}
	c := p.or()
	if !p.ok || len(p.tokens) > 0 {
		return nil, invalid(msgBadPattern)
	}
	return func(message string) bool {
		var object map[string]any
		return json.Unmarshal([]byte(message), &object) == nil && c(object)
	}, nil
}

// lexeme is a token of a condition: a text, a regular expression, a selector,
// an operator or a bare word.
var lexeme = regexp.MustCompile(`^\s*("(?:[^"\\]|\\.)*"|%[^%]+%|\$(?:\.[\w\-@]+|\[\d+\]|\["[^"]+"\]|\['[^']+'\])+|&&|\|\||[<>]=?|!?=|[()]|[\w.*+\-:/@]+)`)

// lexemes splits s and reports whether all of it is lexemes.
func lexemes(s string) (list []string, ok bool) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		m := lexeme.FindStringSubmatch(s)
		if m == nil {
			return nil, false
		}
		list, s = append(list, m[1]), s[len(m[0]):]
	}
	return list, true
}

// parser goes through the tokens of a condition. After a fault ok is false
// and the rest doesn't matter.
type parser struct {
	tokens []string
	ok     bool
	names  bool // selectors are bare names, as of fields between spaces
}

func (p *parser) next() string {
	if len(p.tokens) == 0 {
		p.ok = false
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

// accept takes the next tokens if they are words, in any case.
func (p *parser) accept(words ...string) bool {
	if len(p.tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if !strings.EqualFold(p.tokens[i], w) {
			return false
		}
	}
	p.tokens = p.tokens[len(words):]
	return true
}

func (p *parser) or() condition {
	left := p.and()
	for p.accept("||") {
		a, b := left, p.and()
		left = func(m any) bool { return a(m) || b(m) }
	}
	return left
}

func (p *parser) and() condition {
	left := p.operand()
	for p.accept("&&") {
		a, b := left, p.operand()
		left = func(m any) bool { return a(m) && b(m) }
	}
	return left
}

func (p *parser) operand() condition {
	if p.accept("(") {
		c := p.or()
		p.ok = p.accept(")") && p.ok
		return c
	}
	return p.comparison()
}

func (p *parser) comparison() condition {
	at := p.selector()
	switch {
	case p.accept("NOT", "EXISTS"):
		return func(m any) bool { _, ok := at.find(m); return !ok }
	case p.accept("IS", "NULL"):
		return at.is(func(v any) bool { return v == nil })
	case p.accept("IS", "TRUE"):
		return at.is(func(v any) bool { return v == true })
	case p.accept("IS", "FALSE"):
		return at.is(func(v any) bool { return v == false })
	}
	return at.is(p.compare(p.next(), p.next()))
}

// compare returns the test of an operator and its right side.
func (p *parser) compare(operator, right string) func(any) bool {
	n, err := strconv.ParseFloat(right, 64)
	if err == nil {
		return p.number(operator, n, right)
	}
	equal := p.text(right)
	switch operator {
	case "=":
		return equal
	case "!=":
		return func(v any) bool { return !equal(v) }
	}
	p.ok = false
	return nil
}

// number compares with a number; a message's string compares by its text, a
// field between spaces by its number if it is one.
func (p *parser) number(operator string, n float64, text string) func(any) bool {
	compare, ok := numeric[operator]
	p.ok = p.ok && ok
	return func(v any) bool {
		switch v := v.(type) {
		case float64:
			return compare(v, n)
		case string:
			return operator == "=" && v == text || operator == "!=" && v != text
		case wordField:
			if f, err := strconv.ParseFloat(string(v), 64); err == nil {
				return compare(f, n)
			}
		}
		return operator == "!="
	}
}

var numeric = map[string]func(a, b float64) bool{
	"=":  func(a, b float64) bool { return a == b },
	"!=": func(a, b float64) bool { return a != b },
	"<":  func(a, b float64) bool { return a < b },
	"<=": func(a, b float64) bool { return a <= b },
	">":  func(a, b float64) bool { return a > b },
	">=": func(a, b float64) bool { return a >= b },
}

// text compares with a text, in which * stands for anything, or a regular
// expression.
func (p *parser) text(right string) func(any) bool {
	expression := wildcard(right)
	switch {
	case strings.HasPrefix(right, `"`):
		expression = wildcard(unquote(right[1 : len(right)-1]))
	case strings.HasPrefix(right, "%"):
		expression = strings.Trim(right, "%")
	case !word.MatchString(right):
		p.ok = false
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		p.ok = false
		return nil
	}
	return func(v any) bool { return re.MatchString(textOf(v)) }
}

// word is a text that needs no quotes.
var word = regexp.MustCompile(`^[\w.*+\-:/@]+$`)

func wildcard(s string) string {
	return `(?s)^` + strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, `.*`) + `$`
}

// textOf is a value as a text to compare: strings without their quotes.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case wordField:
		return string(v)
	}
	b, _ := json.Marshal(v) // what was unmarshalled marshals
	return string(b)
}

// selector is a path into a message: names and indexes.
type selector []any

var step = regexp.MustCompile(`\.([\w\-@]+)|\[(\d+)\]|\["([^"]+)"\]|\['([^']+)'\]`)

func (p *parser) selector() selector {
	text := p.next()
	if p.names {
		p.ok = p.ok && columnName.MatchString(text)
		return selector{text}
	}
	if !strings.HasPrefix(text, "$") {
		p.ok = false
	}
	var s selector
	for _, m := range step.FindAllStringSubmatch(text, -1) {
		if i, err := strconv.Atoi(m[2]); err == nil {
			s = append(s, i)
			continue
		}
		s = append(s, m[1]+m[3]+m[4])
	}
	return s
}

// find returns what the selector leads to.
func (s selector) find(v any) (any, bool) {
	for _, at := range s {
		var ok bool
		if v, ok = child(v, at); !ok {
			return nil, false
		}
	}
	return v, true
}

func child(v, at any) (any, bool) {
	switch at := at.(type) {
	case int:
		list, _ := v.([]any)
		if at >= len(list) {
			return nil, false
		}
		return list[at], true
	case string:
		object, _ := v.(map[string]any)
		x, ok := object[at]
		return x, ok
	}
	return nil, false
}

// is returns the condition that there is a value and test is true for it.
func (s selector) is(test func(any) bool) condition {
	return func(m any) bool {
		v, ok := s.find(m)
		return ok && test(v)
	}
}
