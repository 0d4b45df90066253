package logs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ago is an event of a time before now.
func ago(d time.Duration) types.InputLogEvent {
	return types.InputLogEvent{Message: aws.String("m"), Timestamp: aws.Int64(time.Now().Add(-d).UnixMilli())}
}

func putEvents(t *testing.T, client *cloudwatchlogs.Client, events ...types.InputLogEvent) (*cloudwatchlogs.PutLogEventsOutput, error) {
	t.Helper()
	return client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{
		LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), LogEvents: events, SequenceToken: aws.String("any"),
	})
}

const day = 24 * time.Hour

func TestPutLogEventsRejectsWhatIsTooOldOrTooNew(t *testing.T) {
	for name, c := range map[string]struct {
		events    []types.InputLogEvent
		retention int32
		want      *types.RejectedLogEventsInfo
		left      int
	}{
		"nothing": {[]types.InputLogEvent{ago(time.Hour), ago(0)}, 0, nil, 2},
		"too old": {[]types.InputLogEvent{ago(20 * day), ago(15 * day), ago(0)}, 0,
			&types.RejectedLogEventsInfo{TooOldLogEventEndIndex: aws.Int32(2)}, 1},
		"too new": {[]types.InputLogEvent{ago(0), ago(-time.Hour), ago(-3 * time.Hour)}, 0,
			&types.RejectedLogEventsInfo{TooNewLogEventStartIndex: aws.Int32(2)}, 2},
		"expired": {[]types.InputLogEvent{ago(4 * day), ago(time.Hour)}, 3,
			&types.RejectedLogEventsInfo{ExpiredLogEventEndIndex: aws.Int32(1)}, 1},
		"all": {[]types.InputLogEvent{ago(20 * day), ago(4 * day), ago(-3 * time.Hour)}, 3,
			&types.RejectedLogEventsInfo{
				TooOldLogEventEndIndex: aws.Int32(1), ExpiredLogEventEndIndex: aws.Int32(2), TooNewLogEventStartIndex: aws.Int32(2),
			}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			client := withGroup(t, "s")
			if c.retention != 0 {
				_, err := client.PutRetentionPolicy(t.Context(), &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: aws.String("g"), RetentionInDays: &c.retention})
				require.NoError(t, err)
			}
			out, err := putEvents(t, client, c.events...)
			require.NoError(t, err)
			assert.Equal(t, c.want, out.RejectedLogEventsInfo)
			assert.NotEmpty(t, out.NextSequenceToken)
			assert.Len(t, get(t, client, &cloudwatchlogs.GetLogEventsInput{}).Events, c.left)
		})
	}
}

func TestPutLogEventsFaults(t *testing.T) {
	client := withGroup(t, "s")
	large := ago(0)
	large.Message = aws.String(strings.Repeat("x", 600_000))
	huge := ago(0)
	huge.Message = aws.String(strings.Repeat("x", 1<<20-25))
	event := func(change func(*types.InputLogEvent)) types.InputLogEvent {
		e := ago(0)
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		events  []types.InputLogEvent
		message string
	}{
		"order":     {[]types.InputLogEvent{ago(0), ago(time.Second)}, "Log events in a single PutLogEvents request must be in chronological order."},
		"span":      {[]types.InputLogEvent{ago(25 * time.Hour), ago(0)}, "cannot span more than 24 hours"},
		"none":      {[]types.InputLogEvent{}, "greater than or equal to 1"},
		"many":      {slices.Repeat([]types.InputLogEvent{ago(0)}, 10_001), "less than or equal to 10000"},
		"batch":     {[]types.InputLogEvent{large, large}, "Upload too large: 1200052 bytes exceeds limit of 1048576"},
		"event":     {[]types.InputLogEvent{huge}, "Log event too large: 1048577 bytes exceeds limit of 1048576"},
		"empty":     {[]types.InputLogEvent{event(func(e *types.InputLogEvent) { e.Message = aws.String("") })}, "logEvents.member.message"},
		"negative":  {[]types.InputLogEvent{event(func(e *types.InputLogEvent) { e.Timestamp = aws.Int64(-1) })}, "logEvents.member.timestamp"},
		"after all": {[]types.InputLogEvent{event(func(e *types.InputLogEvent) { e.Timestamp = aws.Int64(1 << 62) })}, "logEvents.member.timestamp"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := putEvents(t, client, c.events...)
			fails(t, err, invalidParameter, c.message)
		})
	}
	_, err := client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{
		LogGroupName: aws.String("g"), LogStreamName: aws.String("x"), LogEvents: []types.InputLogEvent{ago(0)},
	})
	fails(t, err, resourceNotFound, "The specified log stream does not exist.")
	_, err = client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{
		LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), LogEvents: []types.InputLogEvent{ago(0)}, Entity: &types.Entity{},
	})
	fails(t, err, unsupported, "PutLogEvents: the member entity")
}

func TestRawPutLogEventsWithoutMembers(t *testing.T) {
	fake, _ := serve(t)
	for _, in := range []cloudwatchlogs.PutLogEventsInput{
		{},
		{LogEvents: []types.InputLogEvent{{}}},
		{LogEvents: []types.InputLogEvent{{Timestamp: aws.Int64(1)}}},
		{LogEvents: []types.InputLogEvent{ago(0)}},
	} {
		_, err := fake.PutLogEvents(t.Context(), &in)
		fails(t, err, invalidParameter, "Member must not be null")
	}
}
