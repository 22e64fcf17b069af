using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// PPO's critic: a network of the policy's kind whose head predicts, before each token of a completion, the remaining score.
/// </summary>
/// <remarks>Not thread-safe. The caller disposes it.</remarks>
public sealed class ValueModel : IDisposable
{
    private const string HeadPrefix = "value_head.";
    private readonly bool _ownsBody;

    /// <summary>Puts a value head on a network, and trains both.</summary>
    /// <param name="body">The network, neither the policy's own nor the reference's; the caller keeps ownership.</param>
    public ValueModel(IHiddenStatePolicy body)
        : this(body, ownsBody: false, trainsBody: true)
    {
    }

    private ValueModel(IHiddenStatePolicy body, bool ownsBody, bool trainsBody)
    {
        ArgumentNullException.ThrowIfNull(body);
        _ownsBody = ownsBody;
        Body = body;
        TrainsBody = trainsBody;
        IReadOnlyList<KeyValuePair<string, Parameter>> ofBody = trainsBody ? body.Parameters : [];

        // Created after everything else that may fail, since nothing would dispose it.
        Head = new ValueHead(body.HiddenSize, body.Device);
        Parameters =
        [
            .. ofBody,
            .. Head.named_parameters().Select(pair => KeyValuePair.Create(HeadPrefix + pair.name, pair.parameter)),
        ];
    }

    /// <summary>The network below the head.</summary>
    public IHiddenStatePolicy Body { get; }

    /// <summary>The head.</summary>
    public ValueHead Head { get; }

    /// <summary>Whether the network is trained along with the head.</summary>
    public bool TrainsBody { get; }

    /// <summary>The trained parameters: the network's under their own names, if it is trained, and the head's.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    /// <summary>
    /// Creates a separate critic, as in InstructGPT, verl and TRL: a copy of the policy in its current state, with a value head. Parameters
    /// that require no gradient in the policy require none in the copy.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <exception cref="ArgumentException">The policy's copy does not expose hidden states.</exception>
    public static ValueModel CopyOf(IHiddenStatePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        IVisionLanguagePolicy copy = policy.CloneFrozen();
        if (copy is not IHiddenStatePolicy body)
        {
            copy.Dispose();
            throw new ArgumentException(
                $"The copy of a {policy.GetType().Name} is a {copy.GetType().Name}, which exposes no hidden states: make "
                + "the critic from a policy whose copy has the same type.",
                nameof(policy));
        }

        try
        {
            foreach ((KeyValuePair<string, Parameter> source, KeyValuePair<string, Parameter> target)
                in policy.Parameters.Zip(body.Parameters))
            {
                target.Value.requires_grad = source.Value.requires_grad;
            }

            return new ValueModel(body, ownsBody: true, trainsBody: true);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Creates a head on the policy's own network, which it reads and never changes. It takes hardly any memory, one more forward pass and
    /// no backward pass through the network, but can't learn visual features of its own.
    /// </summary>
    /// <param name="policy">The policy; the caller keeps ownership.</param>
    public static ValueModel HeadOn(IHiddenStatePolicy policy) => new(policy, ownsBody: false, trainsBody: false);

    /// <summary>Computes the values of the completions' tokens.</summary>
    /// <param name="groups">Prompts with completions.</param>
    /// <returns>
    /// <c>[rows, T]</c> float32, where column k is the value before token k and padding is arbitrary; with gradients unless they are
    /// disabled. The caller disposes it, after the backward pass if there is one.
    /// </returns>
    public PassOutput Values(IReadOnlyList<PackedGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        DistinctCompletions? distinct = Body.DropoutSeed is null ? DistinctCompletions.Of(groups) : null;
        using DisposeScope scope = NewDisposeScope();
        PassOutput states = States(distinct?.Groups ?? groups);
        try
        {
            Tensor values = Head.call(states.Output);
            return (states with { Output = distinct?.Expand(values) ?? values }).MoveToOuterDisposeScope();
        }
        catch
        {
            states.Dispose();
            throw;
        }
    }

    /// <summary>Disposes the head, and the network if it was copied.</summary>
    public void Dispose()
    {
        Head.Dispose();
        if (_ownsBody)
        {
            Body.Dispose();
        }
    }

    /// <summary>Whether a parameter belongs to the head, which is always trained.</summary>
    internal static bool IsHead(string parameter) => parameter.StartsWith(HeadPrefix, StringComparison.Ordinal);

    private PassOutput States(IReadOnlyList<PackedGroup> groups)
    {
        if (TrainsBody)
        {
            return Body.CompletionStates(groups);
        }

        using IDisposable guard = no_grad();
        return Body.CompletionStates(groups);
    }
}
