package logs

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

var retentionDays = []int32{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
	1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// PutRetentionPolicy mirrors [API_PutRetentionPolicy]. Events that are older
// are refused from then on; those that are there stay.
//
// [API_PutRetentionPolicy]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
func (c *CloudWatch) PutRetentionPolicy(_ context.Context, in *cloudwatchlogs.PutRetentionPolicyInput) (*cloudwatchlogs.PutRetentionPolicyOutput, error) {
	if in.RetentionInDays == nil {
		return nil, invalid(msgNull, "retentionInDays")
	}
	if !slices.Contains(retentionDays, *in.RetentionInDays) {
		return nil, notEnum(*in.RetentionInDays, "retentionInDays", retentionDays)
	}
	return &cloudwatchlogs.PutRetentionPolicyOutput{}, c.retain(in.LogGroupName, *in.RetentionInDays)
}

// DeleteRetentionPolicy mirrors [API_DeleteRetentionPolicy].
//
// [API_DeleteRetentionPolicy]: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html
func (c *CloudWatch) DeleteRetentionPolicy(_ context.Context, in *cloudwatchlogs.DeleteRetentionPolicyInput) (*cloudwatchlogs.DeleteRetentionPolicyOutput, error) {
	return &cloudwatchlogs.DeleteRetentionPolicyOutput{}, c.retain(in.LogGroupName, 0)
}

func (c *CloudWatch) retain(name *string, days int32) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.group(name)
	if err == nil {
		g.retention = days
	}
	return err
}
