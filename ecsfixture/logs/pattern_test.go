package logs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPatternsForText(t *testing.T) {
	messages := []string{
		"ERROR request failed",
		"WARN request slow",
		"INFO user a@b.c said \"hi\"",
		"ERROR exiting",
	}
	for pattern, want := range map[string]string{
		"":                         "0123",
		"  ":                       "0123",
		"ERROR":                    "03",
		"error":                    "",
		"ERROR request":            "0",
		"request ERROR":            "0",
		`"ERROR request"`:          "0",
		`"request ERROR"`:          "",
		"?ERROR ?WARN":             "013",
		"-ERROR":                   "12",
		"request -ERROR":           "1",
		"-ERROR -WARN":             "2",
		"ERROR ?WARN":              "03",
		`?"request slow" ?"a@b.c"`: "12",
		`-"request slow" request`:  "0",
		`"said \"hi\""`:            "2",
		"%ERR[A-Z]+ ex%":           "3",
		"?%failed$% ?slow":         "01",
		`""`:                       "0123",
	} {
		assert.Equal(t, want, matched(t, pattern, messages), pattern)
	}
}

// matched returns the indexes of the messages that pass the pattern.
func matched(t *testing.T, pattern string, messages []string) string {
	t.Helper()
	match, err := parsePattern(pattern)
	require.NoError(t, err, pattern)
	var b strings.Builder
	for i, m := range messages {
		if match(m) {
			b.WriteByte('0' + byte(i))
		}
	}
	return b.String()
}

func TestPatternsForJSON(t *testing.T) {
	messages := []string{
		`{"level":"error","code":500,"user":{"name":"ann","tags":["x","y"]},"ok":true,"none":null}`,
		`{"level":"info","code":200,"user":{"name":"bob"},"ok":false}`,
		`{"level":"warning","code":"404","time-ms":1.5}`,
		`no JSON`,
		`["a list"]`,
	}
	for pattern, want := range map[string]string{
		`{ $.level = "error" }`:                            "0",
		`{$.level="error"}`:                                "0",
		`{ $.level = error }`:                              "0",
		`{ $.level != "error" }`:                           "12",
		`{ $.level = "*o*" }`:                              "01",
		`{ $.level = w* }`:                                 "2",
		`{ $.level = %^(err|inf)% }`:                       "01",
		`{ $.level = "" }`:                                 "",
		`{ $.code = 500 }`:                                 "0",
		`{ $.code != 500 }`:                                "12",
		`{ $.code = 404 }`:                                 "2",
		`{ $.code >= 200 }`:                                "01",
		`{ $.code > 2e2 }`:                                 "0",
		`{ $.code < 500 }`:                                 "1",
		`{ $.code <= 500 }`:                                "01",
		`{ $.code = "500" }`:                               "0",
		`{ $.time-ms = 1.5 }`:                              "2",
		`{ $.user.name = "ann" }`:                          "0",
		`{ $.user.tags[1] = "y" }`:                         "0",
		`{ $.user.tags[2] = "y" }`:                         "",
		`{ $["user"]['name'] = "bob" }`:                    "1",
		`{ $.none IS NULL }`:                               "0",
		`{ $.ok IS TRUE }`:                                 "0",
		`{ $.ok is false }`:                                "1",
		`{ $.user NOT EXISTS }`:                            "2",
		`{ $.level = "info" || $.code = 500 }`:             "01",
		`{ $.level = "error" && $.code = 200 }`:            "",
		`{ $.code = 1 && $.code = 2 || $.level = "info" }`: "1",
		`{ $.code = 200 && ($.level = "x" || $.user.name = bob) }`: "1",
		`{ ($.ok IS TRUE) }`: "0",
	} {
		assert.Equal(t, want, matched(t, pattern, messages), pattern)
	}
}

func TestPatternsForFieldsBetweenSpaces(t *testing.T) {
	messages := []string{
		`127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 200 1534`,
		`127.0.0.1 - anna [10/Oct/2000:13:35:22 -0700] "GET /about us/ HTTP/1.0" 404 5e2`,
		`10.0.0.7 - bob [10/Oct/2000:13:50:35 -0700] "POST /a,b HTTP/1.0" 500 0`,
		`one two`,
		``,
	}
	for pattern, want := range map[string]string{
		`[ip, id, user, time, request, status, bytes]`:                                 "012",
		`[ip, id, user, time, request, status = 4*, bytes]`:                            "1",
		`[ip, id, user, time, request, status_code = 404 || status_code = 500, bytes]`: "12",
		`[ip, id, user, time, request, status >= 400, bytes > 1]`:                      "1",
		`[ip, ..., status != 200, bytes]`:                                              "12",
		`[..., bytes < 500]`:                                                           "2",
		`[ip = 127.0.0.1, ...]`:                                                        "01",
		`[ip = "127.*" && ip != "10.*", ...]`:                                          "01",
		`[(ip = 10.0.0.7), ...]`:                                                       "2",
		`[..., request = "*a,b*", status, bytes]`:                                      "2",
		`[..., request = "GET /about us/*", s, b]`:                                     "1",
		`[..., user = %^(frank|bob)$%, time, request, status, bytes]`:                  "02",
		`[..., time = "10/Oct/2000:13:25*", request, status, bytes]`:                   "0",
		`[w1 = one, w2]`:                "3",
		`[w1]`:                          "",
		`[...]`:                         "01234",
		`[w1 != one, w2]`:               "",
		`[other = one && w1 = one, w2]`: "",
	} {
		assert.Equal(t, want, matched(t, pattern, messages), pattern)
	}
}

func TestPatternsThatAreNone(t *testing.T) {
	for pattern, want := range map[string]string{
		`"open`:                          msgBadPattern,
		`%open`:                          msgBadPattern,
		`%a(%`:                           msgBadPattern,
		`?`:                              "Invalid character(s) in term '?'",
		`a"b"`:                           msgBadPattern,
		`user@host`:                      "Invalid character(s) in term 'user@host'",
		`{`:                              msgBadPattern,
		`{}`:                             msgBadPattern,
		`{ $.a }`:                        msgBadPattern,
		`{ $.a = }`:                      msgBadPattern,
		`{ $.a = 1`:                      msgBadPattern,
		`{ $.a = 1 && }`:                 msgBadPattern,
		`{ $.a = 1 $.b = 2 }`:            msgBadPattern,
		`{ ($.a = 1 }`:                   msgBadPattern,
		`{ $.a = 1) }`:                   msgBadPattern,
		`{ a = 1 }`:                      msgBadPattern,
		`{ $.a > "x" }`:                  msgBadPattern,
		`{ $.a ~ 1 }`:                    msgBadPattern,
		`{ $.a && 1 }`:                   msgBadPattern,
		`{ $.a = && }`:                   msgBadPattern,
		`{ $.a = %(% }`:                  msgBadPattern,
		`{ $.a = "open }`:                msgBadPattern,
		`{ $.a IS NOTHING }`:             msgBadPattern,
		"{ " + strings.Repeat("(", 1024): "length less than or equal to 1024",
		`[`:                              msgBadPattern,
		`[]`:                             msgBadPattern,
		`[a`:                             msgBadPattern,
		`[a,]`:                           msgBadPattern,
		`[a b]`:                          msgBadPattern,
		`[a = ]`:                         msgBadPattern,
		`[$.a = 1]`:                      msgBadPattern,
		`[(a = 1]`:                       msgBadPattern,
		`[..., a, ...]`:                  msgBadPattern,
		`[a > x]`:                        msgBadPattern,
	} {
		_, err := parsePattern(pattern)
		assert.ErrorContains(t, err, want, pattern)
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{`a ?b -"c d"`, `{ $.a[0] = "x" && ($.b >= 1 || $.c NOT EXISTS) }`, `%a%`, `{ $.a IS`, `[a, ..., b = "x,y" || (b > 1)]`} {
		f.Add(s, `{"a":["x"],"b":1}`)
	}
	f.Fuzz(func(_ *testing.T, pattern, message string) {
		if match, err := parsePattern(pattern); err == nil {
			match(message)
		}
	})
}
