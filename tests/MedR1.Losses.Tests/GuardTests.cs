using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>What every public function refuses: null, shapes that don't match, and numbers that are not fractions.</summary>
public sealed class GuardTests
{
    private static readonly NullabilityInfoContext s_nullability = new();

    // These have other shapes, or nothing to be compared with, and separate tests.
    private static readonly Type[] s_others = [typeof(FusedLogProbabilities), typeof(SelectiveLogSoftmax), typeof(LossMask)];

    public static IEnumerable<object[]> Required => Functions(all: true).SelectMany(function => function.GetParameters()
        .Where(parameter => !parameter.ParameterType.IsValueType
            && s_nullability.Create(parameter).WriteState == NullabilityState.NotNull)
        .Select(parameter => new object[] { NameOf(function), parameter.Name! }));

    public static IEnumerable<object[]> Tensors => Functions(all: false).SelectMany(function => function.GetParameters()
        .Where(parameter => parameter.ParameterType == typeof(Tensor))
        .Select(parameter => new object[] { NameOf(function), parameter.Name! }));

    public static TheoryData<string> OfValues =>
    [
        "Whitening.Compute", "ValueLoss.Terms", "GeneralizedAdvantages.Compute", "ExplainedVariance.Compute", "TokenRewards.Compute",
    ];

    [Fact]
    public void The_list_of_functions_is_not_empty()
    {
        Assert.Contains(["TokenRewards.Compute", "scores"], Required);
        Assert.Contains(["GroupAdvantages.Compute", "groupIds"], Required);
        Assert.Contains(["Whitening.Compute", "mask"], Tensors);
        Assert.DoesNotContain(["TokenRewards.Compute", "referenceLogProbabilities"], Required);
    }

    [Theory]
    [MemberData(nameof(Required))]
    public void Null_is_refused_with_the_name_of_the_parameter(string function, string parameter)
    {
        using DisposeScope scope = NewDisposeScope();
        Exception exception = Refusal(function, info => info.Name == parameter ? null : Usual(info));
        Assert.Equal(parameter, Assert.IsType<ArgumentNullException>(exception).ParamName);
    }

    // One is a column wider, or a row longer if it has one number per row: the message has both shapes.
    [Theory]
    [MemberData(nameof(Tensors))]
    public void A_shape_that_does_not_match_the_others_is_shown(string function, string parameter)
    {
        using DisposeScope scope = NewDisposeScope();
        string shown = "";
        Exception exception = Refusal(function, info =>
        {
            object? usual = Usual(info);
            if (info.Name != parameter || usual is not Tensor tensor)
            {
                return usual;
            }

            Tensor wider = tensor.dim() == 1 ? ones(3, tensor.dtype) : ones(2, 4, tensor.dtype);
            shown = $"[{string.Join(", ", wider.shape)}]";
            return wider;
        });
        Assert.Contains(shown, Assert.IsType<ArgumentException>(exception).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OfValues))]
    public void Integers_are_refused(string function)
    {
        using DisposeScope scope = NewDisposeScope();
        Exception exception = Refusal(
            function, info => Usual(info) is Tensor { dtype: ScalarType.Float64 } tensor ? tensor.to(int64) : Usual(info));
        Assert.Contains("expected a floating-point type", Assert.IsType<ArgumentException>(exception).Message);
    }

    [Theory]
    [MemberData(nameof(OfValues))]
    [InlineData("TopEntropyMask.Compute")]
    [InlineData("OffPolicyMask.Compute")]
    [InlineData("SamplerCorrection.Ratio")]
    public void Scalars_are_refused(string function)
    {
        using DisposeScope scope = NewDisposeScope();
        Exception exception = Refusal(
            function, info => Usual(info) is Tensor tensor && tensor.dim() == 2 ? tensor.reshape(6) : Usual(info));
        Assert.Contains("[6], expected [B, T]", Assert.IsType<ArgumentException>(exception).Message);
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_fraction_is_from_0_to_1(double value)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = ones(2, 3, float64), mask = ones(2, 3, ScalarType.Bool);
        Assert.Throws<ArgumentOutOfRangeException>(
            "lambda", () => GeneralizedAdvantages.Compute(values, values, mask, 1, value));
        Assert.Throws<ArgumentOutOfRangeException>(
            "discount", () => GeneralizedAdvantages.Compute(values, values, mask, value, 1));
        if (!double.IsNaN(value))
        {
            Assert.Throws<ArgumentOutOfRangeException>("fraction", () => TopEntropyMask.Compute(values, mask, value));
        }
    }

    private static IEnumerable<MethodInfo> Functions(bool all) => typeof(GroupAdvantages).Assembly.GetExportedTypes()
        .Where(type => (type.IsAbstract && type.IsSealed) || type == typeof(GroupAdvantages))
        .Where(type => all || !s_others.Contains(type))
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static));

    private static string NameOf(MethodInfo function) => $"{function.DeclaringType!.Name}.{function.Name}";

    private static Exception Refusal(string function, Func<ParameterInfo, object?> argument)
    {
        MethodInfo info = Functions(all: true).Single(each => NameOf(each) == function);
        object?[] arguments = [.. info.GetParameters().Select(argument)];
        return Assert.Throws<TargetInvocationException>(() => info.Invoke(null, arguments)).InnerException!;
    }

    private static object? Usual(ParameterInfo parameter) => parameter.Name switch
    {
        "scores" or "finalValues" => ones(2, float64),
        "advantages" => ones(2, float64),
        "mask" => ones(2, 3, ScalarType.Bool),
        "truncated" => new[] { false, true },
        "groupIds" => new long[] { 0, 0 },
        "estimator" => new GroupAdvantages(AdvantageOptions.Grpo),
        "inputs" => Scored.Inputs([1, 2], [0, 0]),
        "rewards" when parameter.ParameterType != typeof(Tensor) => new double?[][] { [1], [2] },
        _ when parameter.ParameterType == typeof(Tensor) => ones(2, 3, float64),
        _ when parameter.ParameterType == typeof(double) || parameter.Name == "clip" => 0.5,
        _ when parameter.ParameterType == typeof(SamplerCorrectionOptions) => new SamplerCorrectionOptions(),
        _ when parameter.ParameterType == typeof(IEnumerable<double?>) => new double?[] { 1 },
        _ when parameter.HasDefaultValue => parameter.DefaultValue,
        _ when parameter.ParameterType.IsValueType => Activator.CreateInstance(parameter.ParameterType),
        _ => null,
    };
}
