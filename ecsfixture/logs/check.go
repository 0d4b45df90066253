package logs

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// rule is what CloudWatch Logs asks of a text.
type rule struct {
	pattern string
	re      *regexp.Regexp
	most    int
}

var (
	groupName  = newRule(`[\.\-_/#A-Za-z0-9]+`, 512)
	streamName = newRule(`[^:*]*`, 512)
	tagKey     = newRule(`([\p{L}\p{Z}\p{N}_.:/=+\-@]+)`, 128)
	tagValue   = newRule(`([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`, 256)
)

func newRule(pattern string, most int) rule {
	return rule{pattern, regexp.MustCompile(`^(?:` + pattern + `)$`), most}
}

// check returns the error of a member that has to be there.
func (r rule) check(value *string, member string) error {
	switch {
	case value == nil:
		return invalid(msgNull, member)
	case *value == "":
		return invalid(msgTooShort, "", member, 1)
	}
	return r.text(*value, member)
}

// text returns the error of a text that may be empty.
func (r rule) text(value, member string) error {
	switch {
	case len([]rune(value)) > r.most:
		return invalid(msgTooLong, member, r.most)
	case !r.re.MatchString(value):
		return invalid(msgPattern, value, member, r.pattern)
	}
	return nil
}

// limitOf returns a page's size, between 1 and most; most if there is none.
func limitOf(limit *int32, most int32) (int, error) {
	n := aws.ToInt32(limit)
	switch {
	case limit == nil:
		return int(most), nil
	case n < 1:
		return 0, invalid(msgTooSmall, n, "limit", 1)
	case n > most:
		return 0, invalid(msgTooGreat, n, "limit", most)
	}
	return int(n), nil
}

// member is a member of an input that isn't supported, and whether the input
// has it.
type member struct {
	name string
	set  bool
}

// refuse returns an error that names the first member that is set.
func refuse(operation string, members ...member) error {
	for _, m := range members {
		if m.set {
			return unsupported(msgNoMember, operation, m.name)
		}
	}
	return nil
}

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
