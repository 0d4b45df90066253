package logs

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// GetLogEvents mirrors [API_GetLogEvents]. The end of a stream is where the
// token that was sent comes back.
//
// [API_GetLogEvents]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
func (c *CloudWatch) GetLogEvents(_ context.Context, in *cloudwatchlogs.GetLogEventsInput) (*cloudwatchlogs.GetLogEventsOutput, error) {
	limit, err := limitOf(in.Limit, maxEvents)
	if err != nil {
		return nil, err
	}
	from, err := cursorOf(in)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.streamOf(in)
	if err != nil {
		return nil, err
	}
	return from.read(s.between(in.StartTime, in.EndTime), limit), nil
}

// streamOf finds the stream that is asked for; mu is held.
func (c *CloudWatch) streamOf(in *cloudwatchlogs.GetLogEventsInput) (*stream, error) {
	g, err := c.groupBy(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	return g.stream(in.LogStreamName)
}

// cursor is a place between two events and the direction to go from there.
type cursor struct {
	forward bool
	newest  bool // backward from the end of the stream, wherever that is
	last    key  // the event that was last in the direction
}

// cursorOf reads a token, f/<56 digits>/s or b/<56 digits>/s.
func cursorOf(in *cloudwatchlogs.GetLogEventsInput) (cursor, error) {
	if in.NextToken == nil {
		head := aws.ToBool(in.StartFromHead)
		return cursor{forward: head, newest: !head}, nil
	}
	digits, ok := strings.CutSuffix(*in.NextToken, "/s")
	direction, digits, _ := strings.Cut(digits, "/")
	last, valid := parseKey(digits)
	if !ok || !valid || direction != "f" && direction != "b" {
		return cursor{}, invalid(msgBadToken)
	}
	return cursor{forward: direction == "f", last: last}, nil
}

// read returns the next page of events in the cursor's direction, and tokens
// for what is after and before it.
func (c cursor) read(events []event, limit int) *cloudwatchlogs.GetLogEventsOutput {
	page := c.page(events, limit)
	after, before := c.last, key{c.last.at, c.last.id + 1}
	if !c.forward {
		after, before = key{c.last.at, c.last.id - min(c.last.id, 1)}, c.last
	}
	if n := len(page); n > 0 {
		after, before = page[n-1].key, page[0].key
	}
	out := &cloudwatchlogs.GetLogEventsOutput{
		Events:            []types.OutputLogEvent{},
		NextForwardToken:  aws.String("f/" + after.String() + "/s"),
		NextBackwardToken: aws.String("b/" + before.String() + "/s"),
	}
	for _, e := range page {
		out.Events = append(out.Events, e.output())
	}
	return out
}

func (c cursor) page(events []event, limit int) []event {
	if c.forward {
		from, found := slices.BinarySearchFunc(events, c.last, compareKey)
		if found {
			from++
		}
		events = events[from:]
		return events[:fits(events, limit, 0, 1)]
	}
	if !c.newest {
		to, _ := slices.BinarySearchFunc(events, c.last, compareKey)
		events = events[:to]
	}
	return events[len(events)-fits(events, limit, len(events)-1, -1):]
}

func compareKey(e event, k key) int { return e.compare(k) }

// fits counts the events, from index i on in steps of step, that a page has
// room for: limit of them and 1 MiB, but one at least.
func fits(events []event, limit, i, step int) int {
	n, bytes := 0, 0
	for ; n < min(limit, len(events)); n++ {
		bytes += events[i+n*step].size()
		if n > 0 && bytes > maxBatchBytes {
			break
		}
	}
	return n
}
