namespace MedR1.TestSupport;

/// <summary>Keeps what is reported, at once and in order; <see cref="Progress{T}"/> would report from other threads.</summary>
internal sealed class ProgressList<T> : List<T>, IProgress<T>
{
    public void Report(T value) => Add(value);
}
