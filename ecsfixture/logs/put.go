package logs

import (
	"context"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// The bounds of a batch.
const (
	maxEvents     = 10_000
	maxBatchBytes = 1 << 20
	maxSpan       = 24 * time.Hour
	maxAhead      = 2 * time.Hour
	maxAge        = 14 * 24 * time.Hour
)

// PutLogEvents mirrors [API_PutLogEvents]. Like CloudWatch Logs it takes any
// sequence token.
//
// [API_PutLogEvents]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
func (c *CloudWatch) PutLogEvents(_ context.Context, in *cloudwatchlogs.PutLogEventsInput) (*cloudwatchlogs.PutLogEventsOutput, error) {
	err := first(refuse("PutLogEvents", member{"entity", in.Entity != nil}), checkBatch(in.LogEvents))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	s, err := g.stream(in.LogStreamName)
	if err != nil {
		return nil, err
	}
	return c.put(g, s, in.LogEvents)
}

// put adds the events that are neither too old nor too new; mu is held.
func (c *CloudWatch) put(g *group, s *stream, batch []types.InputLogEvent) (*cloudwatchlogs.PutLogEventsOutput, error) {
	accepted, rejected := window(batch, g.retention)
	if n := len(accepted); n > 0 && *accepted[n-1].Timestamp-*accepted[0].Timestamp > maxSpan.Milliseconds() {
		return nil, invalid(msgSpan)
	}
	for _, e := range accepted {
		c.add(s, *e.Timestamp, *e.Message)
	}
	return &cloudwatchlogs.PutLogEventsOutput{
		NextSequenceToken:     aws.String(s.sequence()),
		RejectedLogEventsInfo: rejected,
	}, nil
}

// window cuts what is too old, expired or too new off both ends of a batch.
// The ends of what is rejected are exclusive, as in AWS's documentation.
func window(batch []types.InputLogEvent, retention int32) ([]types.InputLogEvent, *types.RejectedLogEventsInfo) {
	var info types.RejectedLogEventsInfo
	from := firstFrom(batch, -maxAge)
	if from > 0 {
		info.TooOldLogEventEndIndex = aws.Int32(int32(from))
	}
	if expired := expiredBefore(batch, retention); expired > 0 {
		info.ExpiredLogEventEndIndex = aws.Int32(int32(expired))
		from = max(from, expired)
	}
	to := firstFrom(batch, maxAhead+time.Millisecond)
	if to < len(batch) {
		info.TooNewLogEventStartIndex = aws.Int32(int32(to))
	}
	if info == (types.RejectedLogEventsInfo{}) {
		return batch, nil
	}
	return batch[from:max(from, to)], &info
}

// firstFrom returns the index of the first event that is not before now and d.
func firstFrom(batch []types.InputLogEvent, d time.Duration) int {
	bound := time.Now().Add(d).UnixMilli()
	for i, e := range batch {
		if *e.Timestamp >= bound {
			return i
		}
	}
	return len(batch)
}

func expiredBefore(batch []types.InputLogEvent, days int32) int {
	if days == 0 {
		return 0
	}
	return firstFrom(batch, -time.Duration(days)*24*time.Hour)
}

func checkBatch(batch []types.InputLogEvent) error {
	switch {
	case batch == nil:
		return invalid(msgNull, "logEvents")
	case len(batch) == 0:
		return invalid(msgTooShort, "[]", "logEvents", 1)
	case len(batch) > maxEvents:
		return invalid(msgTooLong, "logEvents", maxEvents)
	}
	bytes, last := 0, int64(0)
	for _, e := range batch {
		if err := checkEvent(e, last); err != nil {
			return err
		}
		bytes, last = bytes+len(*e.Message)+overhead, *e.Timestamp
	}
	if bytes > maxBatchBytes {
		return invalid(msgBatch, bytes, maxBatchBytes)
	}
	return nil
}

func checkEvent(e types.InputLogEvent, last int64) error {
	switch {
	case e.Timestamp == nil:
		return invalid(msgNull, "logEvents.member.timestamp")
	case e.Message == nil:
		return invalid(msgNull, "logEvents.member.message")
	case *e.Timestamp < 0:
		return invalid(msgTooSmall, *e.Timestamp, "logEvents.member.timestamp", 0)
	case *e.Timestamp > math.MaxInt64/2:
		return invalid(msgTooGreat, *e.Timestamp, "logEvents.member.timestamp", int64(math.MaxInt64/2))
	case *e.Message == "":
		return invalid(msgTooShort, "", "logEvents.member.message", 1)
	case len(*e.Message)+overhead > maxBatchBytes:
		return invalid(msgEvent, len(*e.Message)+overhead, maxBatchBytes)
	case *e.Timestamp < last:
		return invalid(msgChronology)
	}
	return nil
}
