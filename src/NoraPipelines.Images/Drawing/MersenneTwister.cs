namespace NoraPipelines.Images;

/// <summary>MT19937 (Matsumoto and Nishimura 1998), the generator of Python's random and of torch on the CPU: each seeds it in a way of its own.</summary>
internal sealed class MersenneTwister
{
    private const int Size = 624, Shift = 397;
    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <summary>By one number: <c>init_genrand</c>.</summary>
    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Size; i++) _state[i] = unchecked(1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i);
    }

    /// <summary>By several: <c>init_by_array</c>.</summary>
    public MersenneTwister(ReadOnlySpan<uint> key) : this(19650218u)
    {
        var (i, j) = (1, 0);
        for (var k = Math.Max(Size, key.Length); k > 0; k--)
        {
            _state[i] = unchecked((_state[i] ^ (Before(i) * 1664525u)) + key[j] + (uint)j);
            i = Following(i);
            j = j + 1 < key.Length ? j + 1 : 0;
        }
        for (var k = Size - 1; k > 0; k--)
        {
            _state[i] = unchecked((_state[i] ^ (Before(i) * 1566083941u)) - (uint)i);
            i = Following(i);
        }
        _state[0] = 0x80000000;
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (_next == Size) Renew();
        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private uint Before(int i) => _state[i - 1] ^ (_state[i - 1] >> 30);

    private int Following(int i)
    {
        if (i + 1 < Size) return i + 1;
        _state[0] = _state[Size - 1];
        return 1;
    }

    private void Renew()
    {
        for (var i = 0; i < Size; i++)
        {
            var y = (_state[i] & 0x80000000) | (_state[(i + 1) % Size] & 0x7FFFFFFF);
            _state[i] = _state[(i + Shift) % Size] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }
        _next = 0;
    }
}
