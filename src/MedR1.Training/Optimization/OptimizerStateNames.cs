using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>The names in a saved state, and the ways in which a state can fail to fit.</summary>
internal static class OptimizerStateNames
{
    public static string Step(string parameter) => "step." + parameter;

    public static string FirstMoment(string parameter) => "first_moment." + parameter;

    public static string SecondMoment(string parameter) => "second_moment." + parameter;

    public static string MasterWeight(string parameter) => "master_weight." + parameter;

    /// <summary>All names that a parameter may have.</summary>
    public static IEnumerable<string> Of(string parameter) =>
        [Step(parameter), FirstMoment(parameter), SecondMoment(parameter), MasterWeight(parameter)];

    public static IReadOnlyList<string> Mismatches(
        IReadOnlyList<AdamWSlot> slots, IReadOnlyDictionary<string, Tensor> state)
    {
        List<string> problems = [];
        HashSet<string> known = [];
        foreach (AdamWSlot slot in slots)
        {
            string[] names = [
                Step(slot.Name), FirstMoment(slot.Name), SecondMoment(slot.Name),
                .. slot.HasMaster ? [MasterWeight(slot.Name)] : Array.Empty<string>()];
            known.UnionWith(names);
            if (!names.Any(state.ContainsKey))
            {
                continue;
            }

            foreach (string name in names)
            {
                long[] expected = name == names[0] ? [] : slot.Parameter.shape;
                if (!state.TryGetValue(name, out Tensor? value))
                {
                    problems.Add($"'{name}' is missing.");
                }
                else if (!value.shape.AsSpan().SequenceEqual(expected))
                {
                    problems.Add(
                        $"'{name}' has shape [{string.Join(", ", value.shape)}], "
                        + $"expected [{string.Join(", ", expected)}].");
                }
                else if (value.dtype != (name == names[0] ? ScalarType.Int64 : slot.StateType))
                {
                    problems.Add(
                        $"'{name}' is of type {value.dtype}, expected "
                        + $"{(name == names[0] ? ScalarType.Int64 : slot.StateType)}.");
                }
            }
        }

        problems.AddRange(state.Keys.Where(name => !known.Contains(name))
            .Select(name => $"'{name}' belongs to no parameter of this optimizer."));
        return problems;
    }
}
