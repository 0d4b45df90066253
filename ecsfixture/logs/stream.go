package logs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
)

// stream is a log stream.
type stream struct {
	name     string
	created  int64
	ingested int64   // when the last event came in
	events   []event // in the order of their keys
	size     int64   // in bytes, as CloudWatch Logs counts
}

// CreateLogStream mirrors [API_CreateLogStream].
//
// [API_CreateLogStream]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
func (c *CloudWatch) CreateLogStream(_ context.Context, in *cloudwatchlogs.CreateLogStreamInput) (*cloudwatchlogs.CreateLogStreamOutput, error) {
	if err := streamName.check(in.LogStreamName, "logStreamName"); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	if g.streams[*in.LogStreamName] != nil {
		return nil, exists(msgStreamExists)
	}
	g.streams[*in.LogStreamName] = &stream{name: *in.LogStreamName, created: now()}
	return &cloudwatchlogs.CreateLogStreamOutput{}, nil
}

// DeleteLogStream mirrors [API_DeleteLogStream].
//
// [API_DeleteLogStream]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html
func (c *CloudWatch) DeleteLogStream(_ context.Context, in *cloudwatchlogs.DeleteLogStreamInput) (*cloudwatchlogs.DeleteLogStreamOutput, error) {
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
	delete(g.streams, s.name)
	return &cloudwatchlogs.DeleteLogStreamOutput{}, nil
}

// stream finds a log stream by its name.
func (g *group) stream(name *string) (*stream, error) {
	if err := streamName.check(name, "logStreamName"); err != nil {
		return nil, err
	}
	if s := g.streams[*name]; s != nil {
		return s, nil
	}
	return nil, notFound(msgNoStream)
}

// DescribeLogStreams mirrors [API_DescribeLogStreams].
//
// [API_DescribeLogStreams]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
func (c *CloudWatch) DescribeLogStreams(_ context.Context, in *cloudwatchlogs.DescribeLogStreamsInput) (*cloudwatchlogs.DescribeLogStreamsOutput, error) {
	limit, err := limitOf(in.Limit, 50)
	if err := first(err, checkOrder(in)); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.groupBy(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	found := g.startingWith(aws.ToString(in.LogStreamNamePrefix))
	found, next, ok := streamOrder(in).Cut(found, in.NextToken, limit)
	if !ok {
		return nil, invalid(msgBadToken)
	}
	return &cloudwatchlogs.DescribeLogStreamsOutput{LogStreams: describe(found, c.arn(g.name)), NextToken: next}, nil
}

func checkOrder(in *cloudwatchlogs.DescribeLogStreamsInput) error {
	switch {
	case in.OrderBy != "" && !slices.Contains(in.OrderBy.Values(), in.OrderBy):
		return notEnum(in.OrderBy, "orderBy", in.OrderBy.Values())
	case in.OrderBy == types.OrderByLastEventTime && in.LogStreamNamePrefix != nil:
		return invalid(msgOrder)
	}
	return nil
}

func streamOrder(in *cloudwatchlogs.DescribeLogStreamsInput) page.Order[*stream] {
	if in.OrderBy == types.OrderByLastEventTime {
		return page.Order[*stream]{Key: (*stream).byTime, Desc: aws.ToBool(in.Descending)}
	}
	return page.Order[*stream]{Key: func(s *stream) string { return s.name }, Desc: aws.ToBool(in.Descending)}
}

// byTime is the key of the order LastEventTime.
func (s *stream) byTime() string {
	at := int64(0)
	if n := len(s.events); n > 0 {
		at = s.events[n-1].at
	}
	return fmt.Sprintf("%020d %s", at, s.name)
}

func (g *group) startingWith(prefix string) []*stream {
	var found []*stream
	for name, s := range g.streams {
		if strings.HasPrefix(name, prefix) {
			found = append(found, s)
		}
	}
	return found
}

func describe(streams []*stream, group string) []types.LogStream {
	list := []types.LogStream{}
	for _, s := range streams {
		list = append(list, s.describe(group+":log-stream:"+s.name))
	}
	return list
}

func (s *stream) describe(arn string) types.LogStream {
	d := types.LogStream{
		Arn:           aws.String(arn),
		LogStreamName: aws.String(s.name),
		CreationTime:  aws.Int64(s.created),
		//lint:ignore SA1019 AWS still sends it
		StoredBytes:         aws.Int64(0),
		UploadSequenceToken: aws.String(s.sequence()),
	}
	if n := len(s.events); n > 0 {
		d.FirstEventTimestamp = aws.Int64(s.events[0].at)
		d.LastEventTimestamp = aws.Int64(s.events[n-1].at)
		d.LastIngestionTime = aws.Int64(s.ingested)
	}
	return d
}

// sequence is a sequence token. CloudWatch Logs asks for none since 2023.
func (s *stream) sequence() string { return fmt.Sprintf("%056d", len(s.events)) }
