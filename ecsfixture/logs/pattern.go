package logs

import (
	"regexp"
	"strings"
)

// maxPattern is the length of the longest filter pattern.
const maxPattern = 1024

// matcher reports whether a message passes a filter pattern.
type matcher func(message string) bool

// parsePattern reads a [filter pattern]: terms, a condition on JSON, or
// conditions on the fields between spaces.
//
// [filter pattern]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
func parsePattern(pattern string) (matcher, error) {
	pattern = strings.TrimSpace(pattern)
	switch {
	case len(pattern) > maxPattern:
		return nil, invalid(msgTooLong, "filterPattern", maxPattern)
	case pattern == "":
		return func(string) bool { return true }, nil
	case strings.HasPrefix(pattern, "{"):
		return parseJSONPattern(pattern)
	case strings.HasPrefix(pattern, "["):
		return parseSpacePattern(pattern)
	}
	return parseTerms(pattern)
}

// terms is a pattern for text: all of one list, any of another, none of the
// third.
type terms struct{ all, any, none []matcher }

// term is one term: its sign, and the term bare, "quoted" or %a regular
// expression%.
var term = regexp.MustCompile(`^([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"%]+))(?:\s+|$)`)

var bare = regexp.MustCompile(`^[\pL\pN_]+$`)

func parseTerms(pattern string) (matcher, error) {
	var t terms
	for pattern != "" {
		m := term.FindStringSubmatch(pattern)
		if m == nil {
			return nil, invalid(msgBadPattern)
		}
		match, err := termMatcher(m)
		if err != nil {
			return nil, err
		}
		t.add(m[1], match)
		pattern = pattern[len(m[0]):]
	}
	return t.match, nil
}

// termMatcher returns what a term matches, whatever its sign.
func termMatcher(m []string) (matcher, error) {
	switch quoted, expression, word := m[2], m[3], m[4]; {
	case expression != "":
		re, err := regexp.Compile(expression)
		if err != nil {
			return nil, invalid(msgBadPattern)
		}
		return re.MatchString, nil
	case word == "":
		return containing(unquote(quoted)), nil
	case !bare.MatchString(word):
		return nil, invalid(msgBadCharacters, word)
	default:
		return containing(word), nil
	}
}

func containing(s string) matcher {
	return func(message string) bool { return strings.Contains(message, s) }
}

var escaped = regexp.MustCompile(`\\(.)`)

func unquote(s string) string { return escaped.ReplaceAllString(s, "$1") }

func (t *terms) add(sign string, m matcher) {
	switch sign {
	case "?":
		t.any = append(t.any, m)
	case "-":
		t.none = append(t.none, m)
	default:
		t.all = append(t.all, m)
	}
}

// match is as AWS does it: terms with a question mark count only where there
// are no others.
func (t *terms) match(message string) bool {
	if len(t.all)+len(t.none) == 0 {
		return matching(t.any, message) > 0
	}
	return matching(t.all, message) == len(t.all) && matching(t.none, message) == 0
}

// matching counts the matchers that message passes.
func matching(list []matcher, message string) (n int) {
	for _, m := range list {
		if m(message) {
			n++
		}
	}
	return n
}
