package placement

import "strings"

// operators are all there are, by each spelling.
var operators = []struct{ op, sign, word string }{
	{"!in", "!in", "not_in"},
	{"!exists", "!exists", "not_exists"},
	{"==", "==", "equals"},
	{"!=", "!=", "not_equals"},
	{"=~", "=~", "matches"},
	{"!~", "!~", "not_matches"},
	{">=", ">=", "greater_than_equal"},
	{"<=", "<=", "less_than_equal"},
	{">", ">", "greater_than"},
	{"<", "<", "less_than"},
	{"in", "in", "in"},
	{"exists", "exists", "exists"},
}

func (p *parser) operator() (string, bool) {
	begin := p.at
	for _, o := range operators {
		if p.take(o.sign, o.word) && !p.runsOn() {
			return o.op, true
		}
		p.at = begin
	}
	return "", false
}

// runsOn reports whether a word goes on after a sign that ends with letters,
// such as !in.
func (p *parser) runsOn() bool {
	return p.at < len(p.text) && isWord(p.text[p.at]) && isWord(p.text[p.at-1])
}

// arguments reads what an operator needs: nothing, a literal or a list.
func (p *parser) arguments(op string) ([]string, error) {
	switch op {
	case "exists", "!exists":
		return nil, nil
	case "in", "!in":
		return p.list()
	}
	s, err := p.literal(")")
	return []string{s}, err
}

// list reads literals in brackets.
func (p *parser) list() (list []string, err error) {
	if !p.take("[") {
		return nil, p.fail("expected a list in [ ]")
	}
	for {
		s, err := p.literal(",]")
		if err != nil {
			return nil, err
		}
		list = append(list, s)
		switch {
		case p.take("]"):
			return list, nil
		case !p.take(","):
			return nil, p.fail("expected , or ]")
		}
	}
}

// literal reads a value: in quotes, or up to space, an operator between
// expressions or one of the characters that end it.
func (p *parser) literal(ends string) (string, error) {
	rest := p.rest()
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		return p.quoted(rest)
	}
	n := 0
	for n < len(rest) && !isSpace(rest[n]) && strings.IndexByte(ends, rest[n]) < 0 && !joins(rest[n:]) {
		n++
	}
	if n == 0 {
		return "", p.fail("expected a value")
	}
	p.at += n
	return rest[:n], nil
}

func (p *parser) quoted(rest string) (string, error) {
	n := strings.IndexByte(rest[1:], rest[0])
	if n < 0 {
		return "", p.fail("missing %c", rest[0])
	}
	p.at += n + 2
	return rest[1 : n+1], nil
}

func joins(s string) bool { return strings.HasPrefix(s, "&&") || strings.HasPrefix(s, "||") }
