package logs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogStreamIsDescribed(t *testing.T) {
	client := withGroup(t, "web/app/1")
	base := time.Now().UnixMilli()
	put(t, client, "web/app/1", base, "one", "two")
	out, err := client.DescribeLogStreams(t.Context(), &cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: aws.String("g")})
	require.NoError(t, err)
	require.Len(t, out.LogStreams, 1)
	got := out.LogStreams[0]
	assert.GreaterOrEqual(t, *got.LastIngestionTime, base)
	assert.NotEmpty(t, got.UploadSequenceToken)
	got.LastIngestionTime, got.UploadSequenceToken, got.CreationTime = nil, nil, nil
	assert.Equal(t, types.LogStream{
		Arn:                 aws.String("arn:aws:logs:eu-west-1:123456789012:log-group:g:log-stream:web/app/1"),
		LogStreamName:       aws.String("web/app/1"),
		FirstEventTimestamp: aws.Int64(base),
		LastEventTimestamp:  aws.Int64(base + 1),
		//lint:ignore SA1019 AWS still sends it
		StoredBytes: aws.Int64(0),
	}, got)

	groups, err := client.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(t, err)
	assert.Equal(t, int64(2*(3+26)), *groups.LogGroups[0].StoredBytes)
}

func TestLogStreamsAreOrdered(t *testing.T) {
	client := withGroup(t, "b", "a", "c", "d")
	base := time.Now().UnixMilli()
	put(t, client, "a", base+20, "later")
	put(t, client, "c", base+10, "earlier")
	in := func(change func(*cloudwatchlogs.DescribeLogStreamsInput)) *cloudwatchlogs.DescribeLogStreamsInput {
		in := &cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: aws.String("g"), Limit: aws.Int32(3)}
		change(in)
		return in
	}
	for name, c := range map[string]struct {
		in   *cloudwatchlogs.DescribeLogStreamsInput
		want []string
	}{
		"name":       {in(func(*cloudwatchlogs.DescribeLogStreamsInput) {}), []string{"a", "b", "c", "d"}},
		"descending": {in(func(i *cloudwatchlogs.DescribeLogStreamsInput) { i.Descending = aws.Bool(true) }), []string{"d", "c", "b", "a"}},
		"prefix":     {in(func(i *cloudwatchlogs.DescribeLogStreamsInput) { i.LogStreamNamePrefix = aws.String("c") }), []string{"c"}},
		"time":       {in(func(i *cloudwatchlogs.DescribeLogStreamsInput) { i.OrderBy = types.OrderByLastEventTime }), []string{"b", "d", "c", "a"}},
		"newest": {in(func(i *cloudwatchlogs.DescribeLogStreamsInput) {
			i.OrderBy, i.Descending = types.OrderByLastEventTime, aws.Bool(true)
		}), []string{"a", "c", "d", "b"}},
		"ARN": {in(func(i *cloudwatchlogs.DescribeLogStreamsInput) {
			i.LogGroupName, i.LogGroupIdentifier = nil, aws.String("arn:aws:logs:eu-west-1:123456789012:log-group:g")
		}), []string{"a", "b", "c", "d"}},
	} {
		var got []string
		pages := cloudwatchlogs.NewDescribeLogStreamsPaginator(client, c.in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			require.NoError(t, err, name)
			for _, s := range page.LogStreams {
				got = append(got, *s.LogStreamName)
			}
		}
		assert.Equal(t, c.want, got, name)
	}
}

func TestLogStreamFaults(t *testing.T) {
	client := withGroup(t, "s")
	create := func(group, stream string) error {
		_, err := client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &group, LogStreamName: &stream})
		return err
	}
	remove := func(group, stream string) error {
		_, err := client.DeleteLogStream(t.Context(), &cloudwatchlogs.DeleteLogStreamInput{LogGroupName: &group, LogStreamName: &stream})
		return err
	}
	describe := func(in cloudwatchlogs.DescribeLogStreamsInput) error {
		_, err := client.DescribeLogStreams(t.Context(), &in)
		return err
	}
	g := aws.String("g")
	for name, c := range map[string]struct {
		err           error
		code, message string
	}{
		"exists":          {create("g", "s"), alreadyExists, "The specified log stream already exists"},
		"no group":        {create("x", "s"), resourceNotFound, "The specified log group does not exist."},
		"colon":           {create("g", "a:b"), invalidParameter, "'a:b' at 'logStreamName'"},
		"delete":          {remove("g", "x"), resourceNotFound, "The specified log stream does not exist."},
		"delete no group": {remove("x", "s"), resourceNotFound, "The specified log group does not exist."},
		"no such group":   {describe(cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: aws.String("x")}), resourceNotFound, "log group does not exist"},
		"no such ARN":     {describe(cloudwatchlogs.DescribeLogStreamsInput{LogGroupIdentifier: aws.String("x")}), resourceNotFound, "log group does not exist"},
		"neither":         {describe(cloudwatchlogs.DescribeLogStreamsInput{}), invalidParameter, "Exactly one of"},
		"both":            {describe(cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: g, LogGroupIdentifier: g}), invalidParameter, "Exactly one of"},
		"order":           {describe(cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: g, OrderBy: "X"}), invalidParameter, "at 'orderBy'"},
		"prefix and time": {describe(cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: g, OrderBy: types.OrderByLastEventTime, LogStreamNamePrefix: g}), invalidParameter, "Cannot order by LastEventTime with a logStreamNamePrefix."},
		"limit":           {describe(cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: g, Limit: aws.Int32(51)}), invalidParameter, "'51' at 'limit'"},
		"token":           {describe(cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: g, NextToken: aws.String("?")}), invalidParameter, "nextToken is invalid"},
	} {
		t.Run(name, func(t *testing.T) { fails(t, c.err, c.code, c.message) })
	}
	require.NoError(t, remove("g", "s"))
	require.NoError(t, create("g", "s"))
}
