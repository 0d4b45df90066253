package sts

import (
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/partition"
)

type identity struct{ Arn, UserId, Account string }

// callerIdentity tells whose the access key is: a role's session, or else the
// account's root.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
func (h *Handler) callerIdentity(c awsjson.Caller) identity {
	if s, ok := h.Sessions.Find(c.AccessKey); ok {
		return identity{Arn: s.ARN(), UserId: s.UserID(), Account: accountOf(s.ARN())}
	}
	account := h.Account(c)
	return identity{Arn: "arn:" + partition.Of(c.Region) + ":iam::" + account + ":root", UserId: account, Account: account}
}
