package logs

import (
	"context"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// maxTags is how many tags a resource can have.
const maxTags = 50

// TagResource mirrors [API_TagResource], for log groups.
//
// [API_TagResource]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
func (c *CloudWatch) TagResource(_ context.Context, in *cloudwatchlogs.TagResourceInput) (*cloudwatchlogs.TagResourceOutput, error) {
	return &cloudwatchlogs.TagResourceOutput{}, c.withResource(in.ResourceArn, addTags(in.Tags))
}

// UntagResource mirrors [API_UntagResource], for log groups.
//
// [API_UntagResource]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html
func (c *CloudWatch) UntagResource(_ context.Context, in *cloudwatchlogs.UntagResourceInput) (*cloudwatchlogs.UntagResourceOutput, error) {
	return &cloudwatchlogs.UntagResourceOutput{}, c.withResource(in.ResourceArn, removeTags(in.TagKeys))
}

// ListTagsForResource mirrors [API_ListTagsForResource], for log groups.
//
// [API_ListTagsForResource]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html
func (c *CloudWatch) ListTagsForResource(_ context.Context, in *cloudwatchlogs.ListTagsForResourceInput) (*cloudwatchlogs.ListTagsForResourceOutput, error) {
	out := &cloudwatchlogs.ListTagsForResourceOutput{}
	return out, c.withResource(in.ResourceArn, copyTags(&out.Tags))
}

// TagLogGroup mirrors [API_TagLogGroup].
//
// [API_TagLogGroup]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html
func (c *CloudWatch) TagLogGroup(_ context.Context, in *cloudwatchlogs.TagLogGroupInput) (*cloudwatchlogs.TagLogGroupOutput, error) {
	return &cloudwatchlogs.TagLogGroupOutput{}, c.withGroup(in.LogGroupName, addTags(in.Tags))
}

// UntagLogGroup mirrors [API_UntagLogGroup].
//
// [API_UntagLogGroup]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html
func (c *CloudWatch) UntagLogGroup(_ context.Context, in *cloudwatchlogs.UntagLogGroupInput) (*cloudwatchlogs.UntagLogGroupOutput, error) {
	return &cloudwatchlogs.UntagLogGroupOutput{}, c.withGroup(in.LogGroupName, removeTags(in.Tags))
}

// ListTagsLogGroup mirrors [API_ListTagsLogGroup].
//
// [API_ListTagsLogGroup]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html
func (c *CloudWatch) ListTagsLogGroup(_ context.Context, in *cloudwatchlogs.ListTagsLogGroupInput) (*cloudwatchlogs.ListTagsLogGroupOutput, error) {
	out := &cloudwatchlogs.ListTagsLogGroupOutput{}
	return out, c.withGroup(in.LogGroupName, copyTags(&out.Tags))
}

func (c *CloudWatch) withGroup(name *string, do func(*group) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.group(name)
	if err != nil {
		return err
	}
	return do(g)
}

func (c *CloudWatch) withResource(arn *string, do func(*group) error) error {
	if arn == nil {
		return invalid(msgNull, "resourceArn")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.groups[c.nameOf(*arn)]
	if g == nil || g.name == *arn { // a name is no ARN
		return notFound(msgNoResource)
	}
	return do(g)
}

func addTags(tags map[string]string) func(*group) error {
	return func(g *group) error {
		all := maps.Clone(g.tags)
		maps.Copy(all, tags)
		if err := first(checkTags(tags), checkTags(all)); err != nil {
			return err
		}
		g.tags = all
		return nil
	}
}

func removeTags(keys []string) func(*group) error {
	return func(g *group) error {
		for _, k := range keys {
			delete(g.tags, k)
		}
		return nil
	}
}

func copyTags(to *map[string]string) func(*group) error {
	return func(g *group) error {
		*to = maps.Clone(g.tags)
		return nil
	}
}

func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return &types.TooManyTagsException{Message: aws.String(fmt.Sprintf(msgTags, maxTags))}
	}
	for k, v := range tags {
		if err := first(tagKey.check(&k, "tags"), tagValue.text(v, "tags")); err != nil {
			return err
		}
	}
	return nil
}
