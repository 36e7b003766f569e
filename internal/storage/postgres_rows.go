package storage

// statements are the steps of a batch as they are sent.
func statements(b *batch) []step { return b.steps }
