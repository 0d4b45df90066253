package logs_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// get reads the stream s of g.
func get(t *testing.T, client *cloudwatchlogs.Client, in *cloudwatchlogs.GetLogEventsInput) *cloudwatchlogs.GetLogEventsOutput {
	t.Helper()
	in.LogGroupName, in.LogStreamName = aws.String("g"), aws.String("s")
	out, err := client.GetLogEvents(t.Context(), in)
	require.NoError(t, err)
	return out
}

func texts(events []types.OutputLogEvent) string {
	var list []string
	for _, e := range events {
		list = append(list, *e.Message)
	}
	return strings.Join(list, " ")
}

func TestGetLogEventsGivesTheLatest(t *testing.T) {
	client, base := withGroup(t, "s"), time.Now().UnixMilli()
	put(t, client, "s", base, "a", "b", "c")
	put(t, client, "s", base-5, "early")
	out := get(t, client, &cloudwatchlogs.GetLogEventsInput{Limit: aws.Int32(2)})
	assert.Equal(t, "b c", texts(out.Events))
	assert.Equal(t, base+1, *out.Events[0].Timestamp)
	assert.GreaterOrEqual(t, *out.Events[0].IngestionTime, base)
	assert.Regexp(t, regexp.MustCompile(`^f/\d{56}/s$`), *out.NextForwardToken)
	assert.Regexp(t, regexp.MustCompile(`^b/\d{56}/s$`), *out.NextBackwardToken)
	assert.Equal(t, "early a b c", texts(get(t, client, &cloudwatchlogs.GetLogEventsInput{}).Events))
	assert.Equal(t, "early a", texts(get(t, client, &cloudwatchlogs.GetLogEventsInput{Limit: aws.Int32(2), StartFromHead: aws.Bool(true)}).Events))
}

func TestGetLogEventsGoesForwardToTheEnd(t *testing.T) {
	client, base := withGroup(t, "s"), time.Now().UnixMilli()
	put(t, client, "s", base, "a", "b", "c")
	in := &cloudwatchlogs.GetLogEventsInput{Limit: aws.Int32(2), StartFromHead: aws.Bool(true)}
	for _, want := range []string{"a b", "c", ""} {
		out := get(t, client, in)
		assert.Equal(t, want, texts(out.Events))
		assert.Equal(t, want == "", in.NextToken != nil && *in.NextToken == *out.NextForwardToken)
		in.NextToken = out.NextForwardToken
	}
	put(t, client, "s", base+2, "d") // in the same millisecond as c
	out := get(t, client, in)
	assert.Equal(t, "d", texts(out.Events))
	in.NextToken = out.NextBackwardToken
	assert.Equal(t, "b c", texts(get(t, client, in).Events))
}

func TestGetLogEventsGoesBackwardToTheStart(t *testing.T) {
	client, base := withGroup(t, "s"), time.Now().UnixMilli()
	put(t, client, "s", base, "a", "b", "c")
	in := &cloudwatchlogs.GetLogEventsInput{Limit: aws.Int32(2)}
	var out *cloudwatchlogs.GetLogEventsOutput
	for _, want := range []string{"b c", "a", ""} {
		out = get(t, client, in)
		assert.Equal(t, want, texts(out.Events))
		assert.Equal(t, want == "", in.NextToken != nil && *in.NextToken == *out.NextBackwardToken)
		in.NextToken = out.NextBackwardToken
	}
	in.NextToken = out.NextForwardToken
	assert.Equal(t, "a b", texts(get(t, client, in).Events), "turns round at the start")
}

func TestGetLogEventsTurnsRoundAtTheEnd(t *testing.T) {
	client := withGroup(t, "s")
	put(t, client, "s", time.Now().UnixMilli(), "a", "b")
	end := get(t, client, &cloudwatchlogs.GetLogEventsInput{NextToken: get(t, client, &cloudwatchlogs.GetLogEventsInput{}).NextForwardToken})
	assert.Empty(t, end.Events)
	assert.Equal(t, "a b", texts(get(t, client, &cloudwatchlogs.GetLogEventsInput{NextToken: end.NextBackwardToken}).Events))
}

func TestAnEmptyStreamHasTokensForWhatComes(t *testing.T) {
	for _, head := range []bool{true, false} {
		client := withGroup(t, "s")
		out := get(t, client, &cloudwatchlogs.GetLogEventsInput{StartFromHead: &head})
		assert.Empty(t, out.Events)
		put(t, client, "s", time.Now().UnixMilli(), "a")
		assert.Equal(t, "a", texts(get(t, client, &cloudwatchlogs.GetLogEventsInput{NextToken: out.NextForwardToken}).Events))
	}
}

func TestGetLogEventsBetweenTimes(t *testing.T) {
	client, base := withGroup(t, "s"), time.Now().UnixMilli()
	put(t, client, "s", base, "a", "b", "c", "d")
	out := get(t, client, &cloudwatchlogs.GetLogEventsInput{StartTime: aws.Int64(base + 1), EndTime: aws.Int64(base + 3)})
	assert.Equal(t, "b c", texts(out.Events), "with the start and without the end")
	assert.Empty(t, get(t, client, &cloudwatchlogs.GetLogEventsInput{StartTime: aws.Int64(base + 3), EndTime: aws.Int64(base)}).Events)
}

func TestAPageIsNoLargerThanAMebibyte(t *testing.T) {
	client := withGroup(t, "s")
	for i := range 3 {
		put(t, client, "s", time.Now().UnixMilli()+int64(i), string(rune('a'+i))+strings.Repeat("x", 600_000))
	}
	in := &cloudwatchlogs.GetLogEventsInput{StartFromHead: aws.Bool(true)}
	for _, want := range "abc" {
		out := get(t, client, in)
		require.Len(t, out.Events, 1)
		assert.Equal(t, byte(want), (*out.Events[0].Message)[0])
		in.NextToken = out.NextForwardToken
	}
}

func TestGetLogEventsFaults(t *testing.T) {
	client := withGroup(t, "s")
	for _, token := range []string{"", "x", "f/1/s", "f/" + strings.Repeat("1", 56), "x/" + strings.Repeat("0", 56) + "/s", "f/" + strings.Repeat("x", 56) + "/s"} {
		_, err := client.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), NextToken: &token})
		fails(t, err, invalidParameter, "The specified nextToken is invalid.")
	}
	_, err := client.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), Limit: aws.Int32(10_001)})
	fails(t, err, invalidParameter, "'10001' at 'limit'")
	_, err = client.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{LogGroupIdentifier: aws.String("g"), LogStreamName: aws.String("x")})
	fails(t, err, resourceNotFound, "The specified log stream does not exist.")
	_, err = client.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{LogStreamName: aws.String("x")})
	fails(t, err, invalidParameter, "Exactly one of logGroupName and logGroupIdentifier")
}
