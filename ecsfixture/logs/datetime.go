package logs

import (
	"regexp"
	"strings"
)

// datetimeCodes are the codes of awslogs-datetime-format, those of Python's
// strftime, and what each looks like in a line.
var datetimeCodes = map[string]string{
	"%a": `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)`,
	"%A": `(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)`,
	"%b": `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`,
	"%B": `(?:January|February|March|April|May|June|July|August|September|October|November|December)`,
	"%d": `(?:0[1-9]|[12][0-9]|3[01])`,
	"%f": `\d{6}`, // microseconds
	"%H": `(?:[01][0-9]|2[0-3])`,
	"%I": `(?:0[1-9]|1[0-2])`,
	"%j": `(?:[0-2][0-9][0-9]|3[0-5][0-9]|36[0-6])`,
	"%L": `\.\d{3}`, // milliseconds
	"%m": `(?:0[1-9]|1[0-2])`,
	"%M": `[0-5][0-9]`,
	"%p": `[AP]M`,
	"%S": `[0-5][0-9]`,
	"%w": `[0-6]`,
	"%y": `\d{2}`,
	"%Y": `\d{4}`,
	"%z": `[+-]\d{4}`,
	"%Z": `[A-Z]{1,4}T`,
	"%%": `%`,
}

var datetimeCode = regexp.MustCompile(`%.?`)

// datetimePattern turns a format into a regular expression. What is between
// the codes is one already, as in \[%d/%b/%Y %H:%M:%S\].
func datetimePattern(format string) (pattern string, ok bool) {
	ok = strings.Contains(format, "%") || format == ""
	pattern = datetimeCode.ReplaceAllStringFunc(format, func(code string) string {
		p, known := datetimeCodes[code]
		ok = ok && known
		return p
	})
	return pattern, ok
}
