package logs_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// with returns options that create the group g, and others: key, value, ….
func with(pairs ...string) map[string]string {
	o := map[string]string{"awslogs-group": "g", "awslogs-region": region, "awslogs-create-group": "true"}
	for i := 0; i < len(pairs); i += 2 {
		o[pairs[i]] = pairs[i+1]
	}
	return o
}

// events are all events of a stream.
func events(t *testing.T, fake *logs.CloudWatch, group, stream string) []types.OutputLogEvent {
	t.Helper()
	out, err := fake.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{LogGroupName: &group, LogStreamName: &stream})
	require.NoError(t, err)
	return out.Events
}

func TestDriverMakesEachLineAnEvent(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	d, err := fake.Driver(with("awslogs-stream-prefix", "web"), "app", "1dc5c17a", "c0ffee")
	require.NoError(t, err)
	d.Write(out("one"))
	d.Write(out(""))
	d.Write(runtime.Line{Time: noon.Add(time.Millisecond), Text: "two"})
	got := events(t, fake, "g", "web/app/1dc5c17a")
	assert.Equal(t, "one two", texts(got))
	assert.Equal(t, noon.UnixMilli(), *got[0].Timestamp)
	assert.Equal(t, noon.UnixMilli()+1, *got[1].Timestamp)
}

func TestDriverNamesAStreamWithoutPrefixByTheContainer(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	for range 2 { // a second container of the same ID finds its stream
		d, err := fake.Driver(with(), "app", "1dc5c17a", "c0ffee")
		require.NoError(t, err)
		d.Write(out("line"))
	}
	assert.Len(t, events(t, fake, "g", "c0ffee"), 2)
}

func TestDriverCreatesTheGroupOnlyIfTold(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	for _, value := range []string{"false", ""} {
		o := with("awslogs-create-group", value)
		if value == "" {
			delete(o, "awslogs-create-group")
		}
		_, err := fake.Driver(o, "app", "1", "c")
		require.EqualError(t, err, "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.")
		var notFound *types.ResourceNotFoundException
		require.ErrorAs(t, err, &notFound)
	}
	_, err := fake.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("g")})
	require.NoError(t, err)
	_, err = fake.Driver(map[string]string{"awslogs-group": "g"}, "app", "1", "c")
	require.NoError(t, err)
}

func TestDriverWritesToTheRegionOfItsOptions(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	d, err := fake.Driver(with("awslogs-region", "us-east-1"), "app", "1", "c")
	require.NoError(t, err)
	d.Write(out("line"))
	assert.Len(t, events(t, fake.In("us-east-1"), "g", "c"), 1)
}

func TestDriverOptions(t *testing.T) {
	for name, c := range map[string]struct {
		options map[string]string
		want    string // "" if they are good
	}{
		"mode":            {with("mode", "non-blocking", "max-buffer-size", "25m"), ""},
		"blocking":        {with("mode", "blocking"), ""},
		"bad mode":        {with("mode", "fast"), `must specify valid value for log opt 'mode': "fast"`},
		"bad size":        {with("max-buffer-size", "big"), `log opt 'max-buffer-size': "big"`},
		"no group":        {map[string]string{"awslogs-region": region}, "must specify a value for log opt 'awslogs-group'"},
		"bad group":       {with("awslogs-group", "a b"), "failed to create Cloudwatch log group: InvalidParameterException"},
		"create group":    {with("awslogs-create-group", "yes"), `log opt 'awslogs-create-group': "yes"`},
		"unknown":         {with("awslogs-gruop", "g"), "unknown log opt 'awslogs-gruop' for awslogs log driver"},
		"unsupported":     {with("awslogs-endpoint", "x"), "log opt 'awslogs-endpoint' of the awslogs log driver isn't supported"},
		"bad pattern":     {with("awslogs-multiline-pattern", "("), `log opt 'awslogs-multiline-pattern': "("`},
		"bad format":      {with("awslogs-datetime-format", "%Q"), `log opt 'awslogs-datetime-format': "%Q"`},
		"no format":       {with("awslogs-datetime-format", "now"), `log opt 'awslogs-datetime-format': "now"`},
		"broken format":   {with("awslogs-datetime-format", "[%Y"), `log opt 'awslogs-datetime-format': "[%Y"`},
		"pattern, format": {with("awslogs-multiline-pattern", "a", "awslogs-datetime-format", "%Y"), "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time"},
		"bad stream":      {with("awslogs-stream-prefix", "a:b"), "failed to create Cloudwatch log stream: InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := logs.NewCloudWatch(account, region).Driver(c.options, "app", "1", "c")
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestDriverJoinsLines(t *testing.T) {
	for name, c := range map[string]struct{ option, value, first, second string }{
		"pattern":  {"awslogs-multiline-pattern", `^(INFO|ERROR)`, "ERROR it broke", "INFO it works"},
		"datetime": {"awslogs-datetime-format", `\[%b %d, %Y %H:%M:%S\]`, "[Feb 03, 2026 12:01:59] it broke", "[Feb 29, 2026 00:00:00] it works"},
		"iso":      {"awslogs-datetime-format", `%Y-%m-%dT%H:%M:%S.%f%z`, "2026-02-03T23:59:59.123456+0100 broke", "2026-12-31T00:00:00.000000-0330 works"},
		"american": {"awslogs-datetime-format", `%A, %B %d %y %I:%M%p`, "Monday, May 04 26 11:59PM broke", "Sunday, June 30 26 01:00AM works"},
	} {
		t.Run(name, func(t *testing.T) {
			fake := logs.NewCloudWatch(account, region)
			d, err := fake.Driver(with(c.option, c.value), "app", "1", "c")
			require.NoError(t, err)
			for i, text := range []string{c.first, "  at line 1", "", c.second} {
				d.Write(runtime.Line{Time: noon.Add(time.Duration(i) * time.Millisecond), Text: text})
			}
			d.Flush()
			d.Flush() // nothing is left
			got := events(t, fake, "g", "c")
			require.Len(t, got, 2)
			assert.Equal(t, c.first+"\n  at line 1\n\n", *got[0].Message)
			assert.Equal(t, noon.UnixMilli(), *got[0].Timestamp, "of its first line")
			assert.Equal(t, c.second+"\n", *got[1].Message)
			assert.Equal(t, noon.UnixMilli()+3, *got[1].Timestamp)
		})
	}
}

func TestDriverClosesAnEventAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := logs.NewCloudWatch(account, region)
		d, err := fake.Driver(with("awslogs-multiline-pattern", "^x"), "app", "1", "c")
		require.NoError(t, err)
		d.Write(out("x"))
		d.Write(out("y"))
		time.Sleep(4 * time.Second)
		assert.Empty(t, events(t, fake, "g", "c"))
		time.Sleep(2 * time.Second)
		assert.Equal(t, "x\ny\n", texts(events(t, fake, "g", "c")))
	})
}

func TestDriverSplitsLongLines(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	d, err := fake.Driver(with(), "app", "1", "c")
	require.NoError(t, err)
	const size = 256<<10 - 26
	d.Write(out(strings.Repeat("x", size-1) + "äöü")) // the cut is in ä
	got := events(t, fake, "g", "c")
	require.Len(t, got, 2)
	assert.Len(t, *got[0].Message, size-1)
	assert.Equal(t, "äöü", *got[1].Message)
}

func TestDriverBoundsJoinedLines(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	d, err := fake.Driver(with("awslogs-multiline-pattern", "^never$"), "app", "1", "c")
	require.NoError(t, err)
	for range 2 {
		d.Write(out(strings.Repeat("x", 200_000)))
	}
	d.Flush()
	assert.Len(t, events(t, fake, "g", "c"), 2)
}

func TestDriverLosesLinesOfADeletedGroup(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	d, err := fake.Driver(with(), "app", "1", "c")
	require.NoError(t, err)
	_, err = fake.DeleteLogStream(t.Context(), &cloudwatchlogs.DeleteLogStreamInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("c")})
	require.NoError(t, err)
	d.Write(out("lost"))
	_, err = fake.DeleteLogGroup(t.Context(), &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("g")})
	require.NoError(t, err)
	d.Write(out("lost"))
	groups, err := fake.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(t, err)
	assert.Empty(t, groups.LogGroups)
}

func TestDriversWriteAtTheSameTime(t *testing.T) {
	fake := logs.NewCloudWatch(account, region)
	d, err := fake.Driver(with("awslogs-multiline-pattern", "^x"), "app", "1", "c")
	require.NoError(t, err)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range 100 {
				d.Write(out("x"))
			}
		})
	}
	writers.Wait()
	d.Flush()
	assert.Len(t, events(t, fake, "g", "c"), 400)
}
