package logs_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTags(t *testing.T) {
	_, client := serve(t)
	ctx, arn := t.Context(), aws.String("arn:aws:logs:eu-west-1:123456789012:log-group:g")
	_, err := client.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("g"), Tags: map[string]string{"a": "1"}})
	require.NoError(t, err)
	_, err = client.TagResource(ctx, &cloudwatchlogs.TagResourceInput{ResourceArn: arn, Tags: map[string]string{"a": "2", "b": ""}})
	require.NoError(t, err)
	got, err := client.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: aws.String(*arn + ":*")})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "2", "b": ""}, got.Tags)
	_, err = client.UntagResource(ctx, &cloudwatchlogs.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a", "x"}})
	require.NoError(t, err)
	got, err = client.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: arn})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"b": ""}, got.Tags)
}

func TestTagsOfALogGroup(t *testing.T) {
	client := withGroup(t)
	ctx, name := t.Context(), aws.String("g")
	//lint:ignore SA1019 old clients call it
	_, err := client.TagLogGroup(ctx, &cloudwatchlogs.TagLogGroupInput{LogGroupName: name, Tags: map[string]string{"a": "1", "b": "2"}})
	require.NoError(t, err)
	//lint:ignore SA1019 old clients call it
	_, err = client.UntagLogGroup(ctx, &cloudwatchlogs.UntagLogGroupInput{LogGroupName: name, Tags: []string{"a"}})
	require.NoError(t, err)
	//lint:ignore SA1019 old clients call it
	got, err := client.ListTagsLogGroup(ctx, &cloudwatchlogs.ListTagsLogGroupInput{LogGroupName: name})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"b": "2"}, got.Tags)
}

func TestTagsOfWhatIsNotThere(t *testing.T) {
	client := withGroup(t)
	for _, arn := range []string{"g", "arn:aws:logs:eu-west-1:123456789012:log-group:x", "arn:aws:logs:us-east-1:123456789012:log-group:g"} {
		_, err := client.ListTagsForResource(t.Context(), &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
		fails(t, err, resourceNotFound, "does not exist")
	}
}
