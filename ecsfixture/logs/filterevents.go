package logs

import (
	"context"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
)

const maxStreamNames = 100 // of a request

// FilterLogEvents mirrors [API_FilterLogEvents].
//
// [API_FilterLogEvents]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
func (c *CloudWatch) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	limit, err := limitOf(in.Limit, maxEvents)
	if err != nil {
		return nil, err
	}
	match, err := parsePattern(aws.ToString(in.FilterPattern))
	if err != nil {
		return nil, err
	}
	found, err := c.find(in)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(e types.FilteredLogEvent) bool { return !match(*e.Message) })
	byTime := page.Order[types.FilteredLogEvent]{Key: eventID, Desc: !fromHead(in)}
	found, next, ok := byTime.Cut(found, in.NextToken, limit)
	if !ok {
		return nil, invalid(msgBadToken)
	}
	return &cloudwatchlogs.FilterLogEventsOutput{
		Events:             found,
		NextToken:          next,
		SearchedLogStreams: []types.SearchedLogStream{},
	}, nil
}

func eventID(e types.FilteredLogEvent) string { return *e.EventId }

func fromHead(in *cloudwatchlogs.FilterLogEventsInput) bool {
	return in.StartFromHead == nil || *in.StartFromHead
}

// find returns the events of the streams and the time that are asked for.
func (c *CloudWatch) find(in *cloudwatchlogs.FilterLogEventsInput) ([]types.FilteredLogEvent, error) {
	if in.LogStreamNamePrefix != nil && in.LogStreamNames != nil {
		return nil, invalid(msgExclusive, "logStreamNamePrefix", "logStreamNames")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.groupBy(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	streams, err := g.asked(in)
	if err != nil {
		return nil, err
	}
	found := []types.FilteredLogEvent{}
	for _, s := range streams {
		found = append(found, s.filtered(in.StartTime, in.EndTime)...)
	}
	return found, nil
}

// asked returns the streams of a list of names, which all must exist, or of a
// prefix.
func (g *group) asked(in *cloudwatchlogs.FilterLogEventsInput) ([]*stream, error) {
	switch n := len(in.LogStreamNames); {
	case in.LogStreamNames == nil:
		return g.startingWith(aws.ToString(in.LogStreamNamePrefix)), nil
	case n == 0:
		return nil, invalid(msgTooShort, "[]", "logStreamNames", 1)
	case n > maxStreamNames:
		return nil, invalid(msgTooLong, "logStreamNames", maxStreamNames)
	}
	names := slices.Compact(slices.Sorted(slices.Values(in.LogStreamNames)))
	var streams []*stream
	for _, name := range names {
		s, err := g.stream(&name)
		if err != nil {
			return nil, err
		}
		streams = append(streams, s)
	}
	return streams, nil
}

// filtered copies the events of a time, of which both ends belong to it.
func (s *stream) filtered(start, end *int64) []types.FilteredLogEvent {
	if end != nil && *end < math.MaxInt64 {
		end = aws.Int64(*end + 1)
	}
	var list []types.FilteredLogEvent
	for _, e := range s.between(start, end) {
		list = append(list, types.FilteredLogEvent{
			EventId:       aws.String(e.String()),
			IngestionTime: aws.Int64(e.received),
			LogStreamName: aws.String(s.name),
			Message:       aws.String(e.message),
			Timestamp:     aws.Int64(e.at),
		})
	}
	return list
}
