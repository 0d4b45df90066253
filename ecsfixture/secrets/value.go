package secrets

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// value is what a secret or a parameter holds: text or bytes. It sits behind
// a function because fmt, and whatever else prints by reflection, calls no
// methods on unexported fields but can't look into a closure either.
type value struct{ open func() (*string, []byte) }

func textValue(s string) value {
	return value{func() (*string, []byte) { text := s; return &text, nil }}
}

func binaryValue(b []byte) value {
	kept := bytes.Clone(b)
	return value{func() (*string, []byte) { return nil, bytes.Clone(kept) }}
}

// absent reports whether v is the zero value.
func (v value) absent() bool { return v.open == nil }

func (v value) equal(other value) bool {
	text, binary := v.open()
	otherText, otherBinary := other.open()
	if text == nil || otherText == nil {
		return text == otherText && bytes.Equal(binary, otherBinary)
	}
	return *text == *otherText
}

// String, GoString, Format, LogValue, MarshalJSON and MarshalText hide the
// value from each of the ways in which Go programs print things.
func (value) String() string               { return redacted }
func (value) GoString() string             { return redacted }
func (value) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, redacted) }
func (value) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (value) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
func (value) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// given reads the value of a request: a string, bytes, or neither.
func given(text *string, binary []byte) (value, error) {
	switch {
	case text != nil && binary != nil:
		return value{}, invalidParameter(msgBothValues)
	case text != nil:
		return textValue(*text), size("secretString", len(*text), 1, maxSecret)
	case binary != nil:
		return binaryValue(binary), size("secretBinary", len(binary), 1, maxSecret)
	}
	return value{}, nil
}

const maxSecret = 65536
