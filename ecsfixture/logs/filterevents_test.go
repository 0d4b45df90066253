package logs_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// filtered returns the messages of all pages, each after its stream.
func filtered(t *testing.T, client *cloudwatchlogs.Client, in *cloudwatchlogs.FilterLogEventsInput) string {
	t.Helper()
	var list []string
	ids := map[string]bool{}
	in.LogGroupName = aws.String("g")
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(client, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		assert.Empty(t, page.SearchedLogStreams)
		for _, e := range page.Events {
			assert.False(t, ids[*e.EventId], "an event ID comes once")
			ids[*e.EventId] = true
			list = append(list, *e.LogStreamName+":"+*e.Message)
		}
	}
	return strings.Join(list, " ")
}

func TestFilterLogEvents(t *testing.T) {
	client, base := withGroup(t, "web/1", "web/2", "db/1"), time.Now().UnixMilli()
	put(t, client, "web/1", base, "a", "b", "c")
	put(t, client, "web/2", base, "d", "e", "f")
	put(t, client, "db/1", base+1, "g")
	for name, c := range map[string]struct {
		in   cloudwatchlogs.FilterLogEventsInput
		want string
	}{
		"all":     {cloudwatchlogs.FilterLogEventsInput{}, "web/1:a web/2:d web/1:b web/2:e db/1:g web/1:c web/2:f"},
		"pages":   {cloudwatchlogs.FilterLogEventsInput{Limit: aws.Int32(2)}, "web/1:a web/2:d web/1:b web/2:e db/1:g web/1:c web/2:f"},
		"newest":  {cloudwatchlogs.FilterLogEventsInput{Limit: aws.Int32(2), StartFromHead: aws.Bool(false)}, "web/2:f web/1:c db/1:g web/2:e web/1:b web/2:d web/1:a"},
		"prefix":  {cloudwatchlogs.FilterLogEventsInput{LogStreamNamePrefix: aws.String("web/")}, "web/1:a web/2:d web/1:b web/2:e web/1:c web/2:f"},
		"names":   {cloudwatchlogs.FilterLogEventsInput{LogStreamNames: []string{"db/1", "web/2", "db/1"}}, "web/2:d web/2:e db/1:g web/2:f"},
		"times":   {cloudwatchlogs.FilterLogEventsInput{StartTime: aws.Int64(base + 1), EndTime: aws.Int64(base + 1)}, "web/1:b web/2:e db/1:g"},
		"ever":    {cloudwatchlogs.FilterLogEventsInput{LogStreamNames: []string{"db/1"}, EndTime: aws.Int64(math.MaxInt64)}, "db/1:g"},
		"pattern": {cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String("?a ?g"), Limit: aws.Int32(1)}, "web/1:a db/1:g"},
	} {
		assert.Equal(t, c.want, filtered(t, client, &c.in), name)
	}
}

func TestFilterLogEventsFaults(t *testing.T) {
	client := withGroup(t, "s")
	g := aws.String("g")
	for name, c := range map[string]struct {
		in            cloudwatchlogs.FilterLogEventsInput
		code, message string
	}{
		"neither":   {cloudwatchlogs.FilterLogEventsInput{}, invalidParameter, "Exactly one of"},
		"no group":  {cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("x")}, resourceNotFound, "log group does not exist"},
		"no stream": {cloudwatchlogs.FilterLogEventsInput{LogGroupName: g, LogStreamNames: []string{"s", "x"}}, resourceNotFound, "log stream does not exist"},
		"both":      {cloudwatchlogs.FilterLogEventsInput{LogGroupName: g, LogStreamNames: []string{"s"}, LogStreamNamePrefix: g}, invalidParameter, "can't be used together"},
		"no names":  {cloudwatchlogs.FilterLogEventsInput{LogGroupName: g, LogStreamNames: []string{}}, invalidParameter, "'logStreamNames'"},
		"names":     {cloudwatchlogs.FilterLogEventsInput{LogGroupName: g, LogStreamNames: make([]string, 101)}, invalidParameter, "'logStreamNames'"},
		"limit":     {cloudwatchlogs.FilterLogEventsInput{LogGroupName: g, Limit: aws.Int32(10_001)}, invalidParameter, "'10001' at 'limit'"},
		"token":     {cloudwatchlogs.FilterLogEventsInput{LogGroupName: g, NextToken: aws.String("?")}, invalidParameter, "nextToken is invalid"},
		"pattern":   {cloudwatchlogs.FilterLogEventsInput{LogGroupName: g, FilterPattern: aws.String(`"open`)}, invalidParameter, "Invalid filter pattern"},
	} {
		_, err := client.FilterLogEvents(t.Context(), &c.in)
		t.Run(name, func(t *testing.T) { fails(t, err, c.code, c.message) })
	}
}
