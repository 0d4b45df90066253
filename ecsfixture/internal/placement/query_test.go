package placement

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func busy() Instance {
	return Instance{
		ID: "abc", EC2ID: "i-0123", AgentConnected: true, AgentVersion: "1.96.0", Running: 2,
		RegisteredAt: time.Date(2024, 6, 18, 22, 28, 28, 0, time.UTC),
		Attributes:   map[string]string{"ecs.instance-type": "t3.medium", "ecs.availability-zone": "us-east-1a", "stack": "prod", "rank": "10", "empty": "", "note": "two words"},
		Tasks:        []Task{{"database"}, {"service:web"}},
	}
}

func TestQueries(t *testing.T) {
	for expression, want := range map[string]bool{
		"attribute:stack == prod":       true,
		"attribute:stack==prod":         true,
		"attribute:stack equals prod":   true,
		"attribute:stack == pro":        false,
		"attribute:stack != prod":       false,
		"attribute:stack not_equals x":  true,
		"attribute:missing == x":        false,
		"attribute:missing != x":        true,
		"attribute:note == 'two words'": true,
		`attribute:note == "two words"`: true,

		"attribute:stack exists":       true,
		"attribute:empty exists":       true,
		"attribute:stack !exists":      false,
		"attribute:missing not_exists": true,

		"attribute:ecs.availability-zone in [us-east-1a, us-east-1b]":    true,
		"attribute:ecs.availability-zone in ['us-east-1c','us-east-1a']": true,
		"attribute:ecs.availability-zone !in [us-east-1a,us-east-1b]":    false,
		"attribute:ecs.availability-zone not_in [us-east-1c]":            true,
		"attribute:missing in [a]":                                       false,
		"attribute:missing !in [a]":                                      true,
		"attribute:ecs.instance-type =~ t3.*":                            true,
		"attribute:ecs.instance-type matches t3":                         false,
		"attribute:ecs.instance-type !~ t2.*":                            true,
		"attribute:ecs.instance-type not_matches t3.*":                   false,
		"attribute:ecs.instance-type =~ '(t2|t3)[.].*'":                  true,
		"attribute:ecs.instance-type =~ t[23].*":                         true,
		"attribute:ecs.instance-type =~ t":                               false,
		"attribute:ecs.instance-type =~ '(t|t2[.]|.*)'":                  true,

		"attribute:rank > 9":             true,
		"attribute:rank >= 10":           true,
		"attribute:rank < 10":            false,
		"attribute:rank <= 10.0":         true,
		"attribute:rank == 10.0":         false, // it is text
		"attribute:stack greater_than a": true,
		"attribute:stack less_than a":    false,
		"attribute:missing > 0":          false,

		"agentConnected == true":                    true,
		"agentConnected != true":                    false,
		"agentConnected in [false]":                 false,
		"agentVersion >= 1.9.3":                     true, // numbers, not text
		"agentVersion < 1.96.0":                     false,
		"agentVersion equals 1.96.0":                true,
		"ec2InstanceId in [i-0123, i-4]":            true,
		"ec2InstanceId =~ i-01.*":                   true,
		"registeredAt >= 2024-06-18":                true,
		"registeredAt < 2024-06-18T22:28:28":        false,
		"registeredAt == 2024-06-18T23:28:28+01:00": true,
		"registeredAt > 2024-06-18T22:28:27Z":       true,
		"runningTasksCount == 2":                    true,
		"runningTasksCount < 2":                     false,
		"runningTasksCount less_than_equal 2":       true,
		"runningTasksCount greater_than_equal 3":    false,

		"task:group == database":       true,
		"task:group == service:web":    true,
		"task:group != database":       false,
		"task:group in [a, database]":  true,
		"not (task:group == database)": false,
		"not(task:group == other)":     true,
		"!(task:group == other)":       true,
		"! task:group =~ service:.*":   false,

		"attribute:stack == prod and runningTasksCount == 2":                              true,
		"attribute:stack == prod && runningTasksCount == 3":                               false,
		"attribute:stack==dev||runningTasksCount==2":                                      true,
		"attribute:stack == dev or attribute:stack == prod and agentConnected == false":   false,
		"(attribute:stack == prod or agentConnected == false) and agentConnected == true": true,
		"attribute:stack == prod OR agentConnected == false AND agentConnected == false":  true, // and binds tighter
		"not not agentConnected == true":                                                  true,
		" ( ( agentConnected == true ) ) ":                                                true,
	} {
		q, err := Parse(expression)
		require.NoError(t, err, expression)
		assert.Equal(t, want, q(busy()), expression)
	}
}

func TestMalformedQueries(t *testing.T) {
	for expression, problem := range map[string]string{
		"":                          `unknown subject ""`,
		"x == y":                    `unknown subject "x"`,
		"attribute: == y":           `unknown subject "attribute:"`,
		"attribute:a":               "expected an operator",
		"attribute:a = b":           "expected an operator",
		"attribute:a inside [b]":    "expected an operator",
		"attribute:a !inside [b]":   "expected an operator",
		"attribute:a ==":            "expected a value",
		"attribute:a in b":          "expected a list",
		"attribute:a in [b":         "expected , or ]",
		"attribute:a in []":         "expected a value",
		"attribute:a in [b c]":      "expected , or ]",
		"attribute:a == 'b":         "missing '",
		"attribute:a == b c":        `unexpected "c"`,
		"attribute:a == b)":         `unexpected ")"`,
		"(attribute:a == b":         "missing )",
		"attribute:a == b and":      "unknown subject",
		"attribute:a =~ [":          "invalid pattern",
		"attribute:a =~ 'b)|(c'":    "invalid pattern",
		"attribute:a =~ (?=b)":      "invalid pattern",
		"agentConnected > true":     "expected an operator of agentConnected",
		"agentVersion =~ 1.*":       "expected an operator of agentVersion",
		"agentVersion == new":       "expected a version",
		"runningTasksCount == many": "expected a number",
		"runningTasksCount > many":  "expected a number",
		"registeredAt > yesterday":  "expected a date",
		"task:group exists":         "expected an operator of task:group",
		strings.Repeat("(", 200):    "too deep",
		strings.Repeat("not ", 200): "too deep",
		strings.Repeat("a", 2001):   "more than 2000 characters",
	} {
		_, err := Parse(expression)
		var syntax *SyntaxError
		require.True(t, errors.As(err, &syntax), "%s: %v", expression, err)
		assert.Contains(t, syntax.Problem, problem, expression)
	}
	_, err := Parse("agentConnected == true and rank > 3")
	assert.EqualError(t, err, `unknown subject "rank" at position 28 of "agentConnected == true and rank > 3"`)
}

// FuzzParse reads any expression: it is refused by a SyntaxError, or it and
// its negation tell every instance apart.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "attribute:a == b", "not (task:group == x) and agentVersion < 1.0", "attribute:a in [b,'c d']",
		"registeredAt > 2024-06-18 or runningTasksCount >= 1", "attribute:a =~ (b|c).*", "((", "!exists", `attribute:a !~ \Q`, "attribute:a !in [", `ec2InstanceId == "`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		q, err := Parse(expression)
		var syntax *SyntaxError
		if err != nil {
			if !errors.As(err, &syntax) || syntax.At > len(expression) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		negation, err := Parse("not (" + expression + ")")
		if err != nil {
			if len(expression) < maxLength-6 && !strings.Contains(err.Error(), "too deep") {
				t.Fatalf("%q can't be negated: %v", expression, err)
			}
			return
		}
		for _, i := range []Instance{{}, busy()} {
			if q(i) == negation(i) {
				t.Fatalf("%q is as true of %v as its negation", expression, i)
			}
		}
	})
}
