using MedR1.TestSupport;
using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Kernels;

public sealed unsafe class PhasedWorkTests
{
    private const int Parts = 37;
    private const int Phases = 200;

    // Every phase adds to each element its neighbour's value after the previous phase: a part that is done twice, never or too
    // early gives a different number. Phases alternate between two operations, the first of which has a single part, and one.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Parts_are_done_once_and_phases_in_order(int threads)
    {
        long[] expected = [.. Enumerable.Range(1, Parts).Select(number => (long)number)];
        for (int phase = 0; phase < Phases; phase++)
        {
            long[] before = expected;
            expected = [.. before.Select((value, place) => (value + before[(place + 1) % Parts]) % 1_000_003)];
        }

        Assert.Equal(expected, ThreadCounts.Run(threads, Compute));
    }

    [Fact]
    public void Work_without_phases_does_nothing()
    {
        long number = 1;
        Step step = new() { Source = &number, Target = &number };
        PhasedWork.Run([], []);
        PhasedWork.Run([new KernelWork(&Add, &step, 1)], []);
        Assert.Equal(1, number);
    }

    private static long[] Compute()
    {
        long* numbers = stackalloc long[2 * Parts];
        for (int place = 0; place < Parts; place++)
        {
            numbers[place] = place + 1;
        }

        List<KernelWork> works = [];
        List<int> ends = [];
        Step* steps = stackalloc Step[2 * Phases];
        for (int phase = 0; phase < Phases; phase++)
        {
            int firstParts = phase % 2 == 0 ? 1 : 0;
            for (int first = 0; first < Parts; first = first == 0 && firstParts == 1 ? 1 : Parts)
            {
                Step* step = steps + works.Count;
                *step = new Step
                {
                    Source = numbers + (phase % 2 * Parts),
                    Target = numbers + ((phase + 1) % 2 * Parts),
                    First = first,
                };
                works.Add(new KernelWork(&Add, step, first == 0 && firstParts == 1 ? 1 : Parts - first));
            }

            ends.Add(works.Count);
        }

        PhasedWork.Run([.. works], [.. ends]);
        return new Span<long>(numbers + (Phases % 2 * Parts), Parts).ToArray();
    }

    private static void Add(void* state, int part)
    {
        Step* step = (Step*)state;
        int place = step->First + part;
        step->Target[place] = (step->Source[place] + step->Source[(place + 1) % Parts]) % 1_000_003;
    }

    private struct Step
    {
        public long* Source;
        public long* Target;
        public int First;
    }
}
