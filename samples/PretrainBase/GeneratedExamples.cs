using System.Collections;
using MedR1.Training;

namespace MedR1.Samples.PretrainBase;

/// <summary>A list of examples that is never in memory: each is created on access, from the seed and its index.</summary>
internal sealed class GeneratedExamples(IExampleSource source, PretrainingEncoder encoder, int count, int seed) : IReadOnlyList<SupervisedExample>
{
    public int Count => count;

    public SupervisedExample this[int index] => encoder.Encode(source.Next(new Random(HashCode(seed, index))));

    public IEnumerator<SupervisedExample> GetEnumerator() => Enumerable.Range(0, count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // System.HashCode differs from run to run.
    private static int HashCode(int seed, int index) => unchecked((seed * 73_856_093) ^ (index * 19_349_663));
}
