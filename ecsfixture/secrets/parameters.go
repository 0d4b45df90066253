package secrets

import (
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// Parameters fakes the Parameter Store of AWS Systems Manager in one account
// and region. Its methods are those of [ssm.Client].
type Parameters struct {
	prefix string // of the ARNs of its parameters
	user   string // the ARN of who changes parameters

	mu     sync.RWMutex          // guards byName and all that the parameters hold
	byName map[string]*parameter // by their own names, a/b or /a/b
}

// NewParameters returns a Parameter Store without parameters.
func NewParameters(account, region string) *Parameters {
	return &Parameters{
		prefix: arnPrefix("ssm", account, region) + "parameter/",
		user:   arnPrefix("iam", account, "") + "root",
		byName: map[string]*parameter{},
	}
}

var parametersAPI = awsjson.API[*Parameters]{
	Name:   "ssm",
	Target: "AmazonSSM",
	Operations: []awsjson.Operation[*Parameters]{
		awsjson.Op("AddTagsToResource", (*Parameters).AddTagsToResource),
		awsjson.Op("DeleteParameter", (*Parameters).DeleteParameter),
		awsjson.Op("DeleteParameters", (*Parameters).DeleteParameters),
		awsjson.Op("DescribeParameters", (*Parameters).DescribeParameters),
		awsjson.Op("GetParameter", (*Parameters).GetParameter),
		awsjson.Op("GetParameterHistory", (*Parameters).GetParameterHistory),
		awsjson.Op("GetParameters", (*Parameters).GetParameters),
		awsjson.Op("GetParametersByPath", (*Parameters).GetParametersByPath),
		awsjson.Op("LabelParameterVersion", (*Parameters).LabelParameterVersion),
		awsjson.Op("ListTagsForResource", (*Parameters).ListTagsForResource),
		awsjson.Op("PutParameter", (*Parameters).PutParameter),
		awsjson.Op("RemoveTagsFromResource", (*Parameters).RemoveTagsFromResource),
		awsjson.Op("UnlabelParameterVersion", (*Parameters).UnlabelParameterVersion),
	},
	Unsupported: notOffered("ssm", (*ssm.Client)(nil)),
}

// API returns the Parameters as a service of an endpoint.
func (p *Parameters) API() *awsjson.Service { return parametersAPI.Bind(p) }

// find returns the parameter that a name or an ARN names, and the selector
// behind it, a version or a label. The caller holds mu.
func (p *Parameters) find(id string) (*parameter, string) {
	rest, isARN := strings.CutPrefix(id, p.prefix)
	name, selector, _ := strings.Cut(rest, ":")
	if isARN {
		if found := p.byName["/"+name]; found != nil {
			return found, selector
		}
	}
	return p.byName[name], selector
}

// arnOf joins with a single slash, so /a and a have the same ARN.
func (p *Parameters) arnOf(name string) string { return p.prefix + strings.TrimPrefix(name, "/") }
