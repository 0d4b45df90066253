package logs

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
)

// group is a log group.
type group struct {
	name      string
	created   int64
	class     types.LogGroupClass
	kmsKey    *string
	retention int32 // in days; 0 for ever
	tags      map[string]string
	streams   map[string]*stream
}

// CreateLogGroup mirrors [API_CreateLogGroup].
//
// [API_CreateLogGroup]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func (c *CloudWatch) CreateLogGroup(_ context.Context, in *cloudwatchlogs.CreateLogGroupInput) (*cloudwatchlogs.CreateLogGroupOutput, error) {
	err := first(
		groupName.check(in.LogGroupName, "logGroupName"),
		checkClass(in.LogGroupClass),
		checkTags(in.Tags),
		refuse("CreateLogGroup", member{"deletionProtectionEnabled", aws.ToBool(in.DeletionProtectionEnabled)}))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.groups[*in.LogGroupName] != nil {
		return nil, exists(msgGroupExists)
	}
	c.groups[*in.LogGroupName] = newGroup(in)
	return &cloudwatchlogs.CreateLogGroupOutput{}, nil
}

func newGroup(in *cloudwatchlogs.CreateLogGroupInput) *group {
	g := &group{
		name:    *in.LogGroupName,
		created: now(),
		class:   types.LogGroupClassStandard,
		tags:    map[string]string{},
		streams: map[string]*stream{},
	}
	if in.LogGroupClass != "" {
		g.class = in.LogGroupClass
	}
	if in.KmsKeyId != nil {
		g.kmsKey = aws.String(*in.KmsKeyId)
	}
	maps.Copy(g.tags, in.Tags)
	return g
}

func checkClass(c types.LogGroupClass) error {
	if c != "" && !slices.Contains(c.Values(), c) {
		return notEnum(c, "logGroupClass", c.Values())
	}
	return nil
}

// DeleteLogGroup mirrors [API_DeleteLogGroup].
//
// [API_DeleteLogGroup]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html
func (c *CloudWatch) DeleteLogGroup(_ context.Context, in *cloudwatchlogs.DeleteLogGroupInput) (*cloudwatchlogs.DeleteLogGroupOutput, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	delete(c.groups, g.name)
	return &cloudwatchlogs.DeleteLogGroupOutput{}, nil
}

// group finds a log group by its name; mu is held.
func (c *CloudWatch) group(name *string) (*group, error) {
	if err := groupName.check(name, "logGroupName"); err != nil {
		return nil, err
	}
	if g := c.groups[*name]; g != nil {
		return g, nil
	}
	return nil, notFound(msgNoGroup)
}

// groupBy finds a log group by its name or by its name or ARN, whichever is
// given; mu is held.
func (c *CloudWatch) groupBy(name, identifier *string) (*group, error) {
	switch {
	case (name == nil) == (identifier == nil):
		return nil, invalid(msgOneOf, "logGroupName", "logGroupIdentifier")
	case name != nil:
		return c.group(name)
	}
	if g := c.groups[c.nameOf(*identifier)]; g != nil {
		return g, nil
	}
	return nil, notFound(msgNoGroup)
}

// DescribeLogGroups mirrors [API_DescribeLogGroups].
//
// [API_DescribeLogGroups]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
func (c *CloudWatch) DescribeLogGroups(_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	limit, err := limitOf(in.Limit, 50)
	if err := first(err, checkDescribeGroups(in)); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []*group
	for _, g := range c.groups {
		if c.asked(g, in) {
			found = append(found, g)
		}
	}
	byName := page.Order[*group]{Key: func(g *group) string { return g.name }}
	found, next, ok := byName.Cut(found, in.NextToken, limit)
	if !ok {
		return nil, invalid(msgBadToken)
	}
	return &cloudwatchlogs.DescribeLogGroupsOutput{LogGroups: c.describe(found), NextToken: next}, nil
}

func checkDescribeGroups(in *cloudwatchlogs.DescribeLogGroupsInput) error {
	if in.LogGroupNamePrefix != nil && in.LogGroupNamePattern != nil {
		return invalid(msgExclusive, "logGroupNamePrefix", "logGroupNamePattern")
	}
	return first(
		checkClass(in.LogGroupClass),
		refuse("DescribeLogGroups",
			member{"includeLinkedAccounts", aws.ToBool(in.IncludeLinkedAccounts)},
			member{"accountIdentifiers", len(in.AccountIdentifiers) > 0}))
}

// asked reports whether the input asks for g.
func (c *CloudWatch) asked(g *group, in *cloudwatchlogs.DescribeLogGroupsInput) bool {
	return strings.HasPrefix(g.name, aws.ToString(in.LogGroupNamePrefix)) &&
		strings.Contains(g.name, aws.ToString(in.LogGroupNamePattern)) &&
		(in.LogGroupClass == "" || in.LogGroupClass == g.class) &&
		(len(in.LogGroupIdentifiers) == 0 || slices.ContainsFunc(in.LogGroupIdentifiers,
			func(id string) bool { return c.nameOf(id) == g.name }))
}

func (c *CloudWatch) describe(groups []*group) []types.LogGroup {
	list := []types.LogGroup{}
	for _, g := range groups {
		list = append(list, g.describe(c.arn(g.name)))
	}
	return list
}

func (g *group) describe(arn string) types.LogGroup {
	d := types.LogGroup{
		Arn:               aws.String(arn + ":*"),
		LogGroupArn:       aws.String(arn),
		LogGroupName:      aws.String(g.name),
		LogGroupClass:     g.class,
		CreationTime:      aws.Int64(g.created),
		MetricFilterCount: aws.Int32(0),
		StoredBytes:       aws.Int64(g.size()),
	}
	if g.retention != 0 {
		d.RetentionInDays = aws.Int32(g.retention)
	}
	if g.kmsKey != nil {
		d.KmsKeyId = aws.String(*g.kmsKey)
	}
	return d
}

func (g *group) size() (bytes int64) {
	for _, s := range g.streams {
		bytes += s.size
	}
	return bytes
}
