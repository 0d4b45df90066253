package logs

import (
	"regexp"
	"slices"
	"strings"
)

// wordField is a field of a message that is divided by spaces.
type wordField string

// column is what a pattern says of one field: nothing, if it only names it.
type column struct {
	name string
	is   condition
}

func (c column) match(text string) bool {
	return c.is == nil || c.is(map[string]any{c.name: wordField(text)})
}

// ellipsis stands for any number of fields.
const ellipsis = "..."

// parseSpacePattern reads [ip, ..., status = 4* || status = 5*, size > 100].
func parseSpacePattern(pattern string) (matcher, error) {
	inner, ok := strings.CutSuffix(strings.TrimPrefix(pattern, "["), "]")
	if !ok {
		return nil, invalid(msgBadPattern)
	}
	parts := splitColumns(inner)
	if i := slices.Index(parts, ellipsis); i >= 0 {
		return spaceMatcher(parts[:i], parts[i+1:], true)
	}
	return spaceMatcher(parts, nil, false)
}

// splitColumns cuts at the commas that are in no quotes and no regular
// expression.
func splitColumns(s string) (parts []string) {
	begin, within := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case within == 0 && c == ',':
			parts, begin = append(parts, s[begin:i]), i+1
		case within == 0 && (c == '"' || c == '%'):
			within = c
		case c == within && s[i-1] != '\\':
			within = 0
		}
	}
	parts = append(parts, s[begin:])
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// spaceMatcher wants the columns of head and tail and, with rest, any number
// of fields between them.
func spaceMatcher(head, tail []string, rest bool) (matcher, error) {
	columns := make([]column, 0, len(head)+len(tail))
	for _, text := range slices.Concat(head, tail) {
		c, ok := parseColumn(text)
		if !ok {
			return nil, invalid(msgBadPattern)
		}
		columns = append(columns, c)
	}
	return func(message string) bool {
		fields := fieldsOf(message)
		extra := len(fields) - len(columns)
		if extra < 0 || extra > 0 && !rest {
			return false
		}
		fields = slices.Delete(fields, len(head), len(head)+extra)
		for i, c := range columns {
			if !c.match(fields[i]) {
				return false
			}
		}
		return true
	}, nil
}

var columnName = regexp.MustCompile(`^[\w\-]+$`)

// parseColumn reads a name, or conditions on it: status = 404 || status = 410.
func parseColumn(text string) (column, bool) {
	tokens, whole := lexemes(text)
	first := slices.IndexFunc(tokens, func(t string) bool { return t != "(" })
	switch {
	case !whole || first < 0 || !columnName.MatchString(tokens[first]):
		return column{}, false
	case len(tokens) == 1:
		return column{name: tokens[0]}, true
	}
	p := parser{tokens: tokens, ok: true, names: true}
	c := column{tokens[first], p.or()}
	return c, p.ok && len(p.tokens) == 0
}

// spaceField is a field of a message: in quotation marks or brackets it may
// have spaces itself.
var spaceField = regexp.MustCompile(`"([^"]*)"|\[([^\]]*)\]|(\S+)`)

func fieldsOf(message string) (fields []string) {
	for _, m := range spaceField.FindAllStringSubmatch(message, -1) {
		fields = append(fields, m[1]+m[2]+m[3])
	}
	return fields
}
