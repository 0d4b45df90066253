package placement

import (
	"fmt"
	"strings"
)

// Query tells whether an instance matches an expression.
type Query func(Instance) bool

// SyntaxError is why an expression can't be read.
type SyntaxError struct {
	Expression string
	At         int // bytes before what is wrong
	Problem    string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at position %d of %q", e.Problem, e.At+1, e.Expression)
}

// maxDepth bounds how deep parentheses and negations can be nested.
const maxDepth = 100

// maxLength is how long an expression can be.
const maxLength = 2000

// Parse reads an expression of the cluster query language:
//
//	attribute:ecs.instance-type =~ t3.* and not (task:group == database)
//
// A pattern has the syntax of package regexp, and must match all of a value.
func Parse(expression string) (Query, error) {
	p := &parser{text: expression}
	if len(expression) > maxLength {
		return nil, p.fail("more than %d characters", maxLength)
	}
	q, err := p.either(0)
	if err == nil && !p.end() {
		err = p.fail("unexpected %q", p.rest())
	}
	if err != nil {
		return nil, err
	}
	return q, nil
}

// parser reads an expression from left to right.
type parser struct {
	text string
	at   int
}

// rest is what has not been read, without leading space.
func (p *parser) rest() string {
	for p.at < len(p.text) && isSpace(p.text[p.at]) {
		p.at++
	}
	return p.text[p.at:]
}

func (p *parser) end() bool { return p.rest() == "" }

func (p *parser) fail(format string, args ...any) error {
	return &SyntaxError{p.text, p.at, fmt.Sprintf(format, args...)}
}

// take reads one of the marks if it comes next: a sign such as &&, or a word
// that ends there.
func (p *parser) take(marks ...string) bool {
	rest := p.rest()
	for _, m := range marks {
		if len(rest) < len(m) || !strings.EqualFold(rest[:len(m)], m) || isWord(m[0]) && len(rest) > len(m) && isWord(rest[len(m)]) {
			continue
		}
		p.at += len(m)
		return true
	}
	return false
}

// either reads expressions with or between them.
func (p *parser) either(depth int) (Query, error) {
	q, err := p.both(depth)
	for err == nil && p.take("||", "or") {
		var next Query
		next, err = p.both(depth)
		a := q
		q = func(i Instance) bool { return a(i) || next(i) }
	}
	return q, err
}

// both reads expressions with and between them.
func (p *parser) both(depth int) (Query, error) {
	q, err := p.one(depth)
	for err == nil && p.take("&&", "and") {
		var next Query
		next, err = p.one(depth)
		a := q
		q = func(i Instance) bool { return a(i) && next(i) }
	}
	return q, err
}

// one reads a negation, something in parentheses, or a comparison.
func (p *parser) one(depth int) (Query, error) {
	switch {
	case depth > maxDepth:
		return nil, p.fail("too deep")
	case p.take("!", "not"):
		q, err := p.one(depth + 1)
		return func(i Instance) bool { return !q(i) }, err
	case p.take("("):
		q, err := p.either(depth + 1)
		if err == nil && !p.take(")") {
			err = p.fail("missing )")
		}
		return q, err
	}
	return p.comparison()
}

// comparison reads subject, operator and argument.
func (p *parser) comparison() (Query, error) {
	name := p.word()
	s, ok := subjectOf(name)
	if !ok {
		p.at -= len(name)
		return nil, p.fail("unknown subject %q", name)
	}
	op, ok := p.operator()
	if !ok || !strings.Contains(s.operators, " "+op+" ") {
		return nil, p.fail("expected an operator of %s", s.name)
	}
	args, err := p.arguments(op)
	if err != nil {
		return nil, err
	}
	test, err := newTest(s.kind, op, args)
	if err != nil {
		return nil, p.fail("%v", err)
	}
	return func(i Instance) bool { return test(s.values(i)) }, nil
}

// word reads up to what can't be in the name of a subject.
func (p *parser) word() string {
	rest := p.rest()
	n := 0
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	p.at += n
	return rest[:n]
}

// isWord tells what names of subjects, operators and attributes consist of.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_-.:/\\", c) >= 0
}

func isSpace(c byte) bool { return strings.IndexByte(" \t\r\n", c) >= 0 }
