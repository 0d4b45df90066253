package logs

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// api is the dispatch table of CloudWatch Logs.
var api = awsjson.API[*CloudWatch]{
	Name:   "logs",
	Target: "Logs_20140328",
	Operations: []awsjson.Operation[*CloudWatch]{
		awsjson.Op("CreateLogGroup", (*CloudWatch).CreateLogGroup),
		awsjson.Op("CreateLogStream", (*CloudWatch).CreateLogStream),
		awsjson.Op("DeleteLogGroup", (*CloudWatch).DeleteLogGroup),
		awsjson.Op("DeleteLogStream", (*CloudWatch).DeleteLogStream),
		awsjson.Op("DeleteRetentionPolicy", (*CloudWatch).DeleteRetentionPolicy),
		awsjson.Op("DescribeLogGroups", (*CloudWatch).DescribeLogGroups),
		awsjson.Op("DescribeLogStreams", (*CloudWatch).DescribeLogStreams),
		awsjson.Op("FilterLogEvents", (*CloudWatch).FilterLogEvents),
		awsjson.Op("GetLogEvents", (*CloudWatch).GetLogEvents),
		awsjson.Op("ListTagsForResource", (*CloudWatch).ListTagsForResource),
		awsjson.Op("ListTagsLogGroup", (*CloudWatch).ListTagsLogGroup),
		awsjson.Op("PutLogEvents", (*CloudWatch).PutLogEvents),
		awsjson.Op("PutRetentionPolicy", (*CloudWatch).PutRetentionPolicy),
		awsjson.Op("TagLogGroup", (*CloudWatch).TagLogGroup),
		awsjson.Op("TagResource", (*CloudWatch).TagResource),
		awsjson.Op("UntagLogGroup", (*CloudWatch).UntagLogGroup),
		awsjson.Op("UntagResource", (*CloudWatch).UntagResource),
	},
	Unsupported: func(operation string) error {
		if !awsjson.Offers((*cloudwatchlogs.Client)(nil), operation) {
			return nil
		}
		return unsupported(msgNoOperation, operation)
	},
}

// API returns the fake as a service of the endpoint.
func (c *CloudWatch) API() *awsjson.Service { return api.Bind(c) }
