using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// A parameter with its moments and, for 16-bit types, a float32 master copy, without which updates far below the last digit of a 16-bit
/// weight would be lost. The moments are created at the first gradient.
/// </summary>
internal sealed class AdamWSlot(string name, Parameter parameter) : IDisposable
{
    public string Name => name;

    public Parameter Parameter => parameter;

    public ScalarType StateType { get; } =
        parameter.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    public bool HasMaster => parameter.dtype != StateType;

    public long Step { get; set; }

    public Tensor? FirstMoment { get; private set; }

    public Tensor? SecondMoment { get; private set; }

    public Tensor? Master { get; private set; }

    /// <summary>The tensor that a step updates: the master copy, or the parameter itself.</summary>
    public Tensor Weight => Master ?? parameter;

    public void Prepare()
    {
        if (FirstMoment is not null)
        {
            return;
        }

        // All or none: if memory runs out in between, the scope frees what there is. And not of inference mode, which the caller's code may
        // have left on: such tensors can't be updated on a thread without it.
        using DisposeScope scope = NewDisposeScope();
        using IDisposable ordinary = inference_mode(false);
        Tensor first = zeros_like(parameter, StateType);
        Tensor second = zeros_like(parameter, StateType);
        Tensor? master = HasMaster ? parameter.detach().to(StateType) : null;
        (FirstMoment, SecondMoment, Master) =
            (first.DetachFromDisposeScope(), second.DetachFromDisposeScope(), master?.DetachFromDisposeScope());
    }

    public void Load(long step, Tensor firstMoment, Tensor secondMoment, Tensor? master)
    {
        Prepare();
        Step = step;
        FirstMoment!.copy_(firstMoment);
        SecondMoment!.copy_(secondMoment);
        if (Master is not null)
        {
            Master.copy_(master!);
            parameter.copy_(Master);
        }
    }

    public void Forget()
    {
        Dispose();
        Step = 0;
        (FirstMoment, SecondMoment, Master) = (null, null, null);
    }

    public void Dispose()
    {
        FirstMoment?.Dispose();
        SecondMoment?.Dispose();
        Master?.Dispose();
    }
}
