package logs

import (
	"context"
	"reflect"

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
		if !isOperation(operation) {
			return nil
		}
		return unsupported(msgNoOperation, operation)
	},
}

// API returns the fake as a service of the endpoint.
func (c *CloudWatch) API() *awsjson.Service { return api.Bind(c) }

// isOperation reports whether the SDK's client has an operation of that name:
// a method that takes a context, an input and options.
func isOperation(name string) bool {
	m, ok := reflect.TypeFor[*cloudwatchlogs.Client]().MethodByName(name)
	if !ok || m.Type.NumIn() != 4 || m.Type.In(1) != reflect.TypeFor[context.Context]() {
		return false
	}
	in := m.Type.In(2)
	return in.Kind() == reflect.Pointer && in.Elem().Name() == name+"Input"
}
