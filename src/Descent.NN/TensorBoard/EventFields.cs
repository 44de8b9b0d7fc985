namespace Descent.NN;

/// <summary>Field numbers of TensorFlow's <c>Event</c>.</summary>
static class EventField
{
    internal const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, SessionLog = 7;
}

/// <summary>Field numbers of TensorFlow's <c>Summary.Value</c>.</summary>
static class ValueField
{
    internal const int Tag = 1, Simple = 2, Image = 4, Histogram = 5, Metadata = 9;
}
